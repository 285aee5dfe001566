"""The whole path with tools that answer at once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from fakes import MLP, claim, program, tools, truth

from tp.diagnostics.diagnostic import TpError
from tp.program import Claim
from tp.sampling import memory_limit as room
from tp.sampling.plan import MAX_WIDTH, WIDTHS, Plan
from tp.statistics.verdict import Verdict
from tp.studies.correlations import numbers
from tp.studies.judging import rounding_floors
from tp.studies.verify import Verification, verify

WEAK = claim("weakly_correlated", exponent=1)


def verified(measured: dict[str, float | None], *claims: Claim, **more: object) -> Verification:
    return verify(program(*claims), Plan(max_width=MAX_WIDTH), tools=tools(measured, **more))  # type: ignore[arg-type]


def verdicts(found: Verification) -> dict[str, Verdict]:
    return {q.name: q.judgement.verdict for q in found.quantities}


def test_everything_true_is_confirmed() -> None:
    found = verified(truth(), WEAK)
    assert set(verdicts(found).values()) == {Verdict.CONFIRMED}
    assert found.claims[0].confirmed
    assert found.exit_code == 0


def test_a_false_claim_fails() -> None:
    found = verified(truth(), claim("weakly_correlated", exponent=2))
    assert found.exit_code == 1


def test_a_refuted_quantity_fails_without_any_claim() -> None:
    found = verified({**truth(), "C[0,2]": 0.0})
    assert verdicts(found)["C[0,2]"] is Verdict.REFUTED
    assert found.exit_code == 1


def test_what_no_claim_involves_does_not_matter() -> None:
    predicted = {name: power for name, power in MLP.items() if name != "F"}
    found = verified(truth(), WEAK, predicted=predicted)
    assert verdicts(found)["F"] is Verdict.UNDECIDED
    assert found.exit_code == 0


def test_what_a_claim_involves_matters() -> None:
    """Zero to rounding is no decay like 1/n: C[0,2] stays undecided, and it was claimed to be Theta(1/n)."""
    found = verified({**truth(), "C[0,2]": None}, claim("order", "C[0,2]", "Theta", -1))
    assert verdicts(found)["C[0,2]"] is Verdict.UNDECIDED
    assert found.exit_code == 3


def test_an_undecided_exponent_within_a_claimed_bound_is_enough() -> None:
    """-1.8 is neither -2 nor anything else, but surely below the -1 that weak correlations ask for."""
    found = verified({**truth(), "C[0,4]": -1.8}, WEAK)
    assert verdicts(found)["C[0,4]"] is Verdict.UNDECIDED
    assert found.claims[0].confirmed
    assert found.exit_code == 0


def test_an_undecided_claim() -> None:
    assert verified(truth(), claim("stable")).exit_code == 3


def test_what_vanishes_is_confirmed_to_vanish() -> None:
    predicted = {**MLP, "C[0,4]": None}
    found = verified(truth(predicted), predicted=predicted)
    assert verdicts(found)["C[0,4]"] is Verdict.CONFIRMED


def test_a_claimed_quantity_is_measured_too() -> None:
    predicted = {**MLP, "hessian": Fraction(-1, 2)}
    found = verified(truth(predicted), claim("order", "hessian", "Theta", Fraction(-1, 2)), predicted=predicted)
    assert verdicts(found)["hessian"] is Verdict.CONFIRMED


def test_memory_is_refused_before_anything_is_drawn() -> None:
    with pytest.raises(TpError) as problem:
        verified(truth(), memory=2**60)
    assert problem.value.diagnostics[0].code == "TP501"


def test_widths_are_added_and_said() -> None:
    found = verified(truth())
    assert found.widths == (*WIDTHS, 8192, 65536)
    assert list(found.engines) == list(found.widths)
    assert found.assumptions[-1].startswith("no term of higher order begins beyond n = 11585")
    fixed = verify(program(), Plan(), tools=tools(truth()))
    assert fixed.widths == WIDTHS


def test_widths_that_memory_is_not_enough_for_are_not_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "free_memory", lambda: 10_000)
    known = tools(truth())
    found = verify(program(), Plan(max_width=MAX_WIDTH), tools=replace(known, memory=lambda _, __, n, *___: n))
    assert found.widths == (*WIDTHS, 8192)


def test_intervals_grow_with_the_number_of_quantities() -> None:
    alone = verify(program(), Plan(seeds=64), ["F"], tools=tools(truth())).quantities[0]
    among = next(q for q in verify(program(), Plan(seeds=64), tools=tools(truth())).quantities if q.name == "F")
    assert alone.fit is not None
    assert among.fit is not None
    one, many = alone.fit.slopes, among.fit.slopes
    assert one is not None
    assert many is not None
    assert one.overall.value == many.overall.value
    assert many.overall.half_width > 1.1 * one.overall.half_width


def test_few_seeds_do_not_confirm() -> None:
    found = verify(program(), Plan(seeds=4), tools=tools(truth()))
    assert Verdict.CONFIRMED not in verdicts(found).values()


def test_numbers_alone() -> None:
    found = numbers(program(), Plan((8, 16), seeds=5), ["C[0,2]"], tools=tools(truth()))
    assert list(found.quantities) == ["C[0,2]"]
    assert found.array("C[0,2]").shape == (2, 5)
    assert [cell.n for cell in found.quantities["C[0,2]"]] == [8, 16]


def test_floors_follow_the_largest_median() -> None:
    import numpy as np

    samples = {"kernel": {64: np.full(3, 2.0)}, "F": {64: np.full(3, 0.5)}, "C[0,2]": {64: np.full(3, np.nan)}}
    assert rounding_floors(samples, "float32") == {64: pytest.approx(2 * 2**-23)}
