"""The whole path with theory and experiment that answer at once."""

from __future__ import annotations

from fractions import Fraction

import pytest
from fakes import MLP, claim, truth, verified

import tp
from tests.resume.program import SMALL
from tp.diagnostics.diagnostic import TpError
from tp.sampling import memory_limit as room
from tp.sampling.plan import WIDTHS, Plan
from tp.statistics.verdict import Verdict
from tp.studies.correlations import numbers
from tp.studies.judging import rounding_floors
from tp.studies.verify import Verification

WEAK = claim("weakly_correlated", exponent=1)


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
        verified(truth(), need=lambda _: 2**60)
    assert problem.value.diagnostics[0].code == "TP501"


def test_widths_are_added_and_said() -> None:
    found = verified(truth())
    assert found.provenance.widths == (*WIDTHS, 8192, 65536)
    assert list(found.provenance.engines) == list(found.provenance.widths)
    assert found.assumptions[-1].startswith("no term of higher order begins beyond n = 11585")
    fixed = verified(truth(), plan=Plan())
    assert fixed.provenance.widths == WIDTHS


def test_widths_that_memory_is_not_enough_for_are_not_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "free_memory", lambda: room.RUNTIME + 12_000)
    found = verified(truth(), need=lambda n: n)
    assert found.provenance.widths == (*WIDTHS, 8192)


def test_intervals_grow_with_the_number_of_quantities() -> None:
    alone = verified(truth(), plan=Plan(seeds=64), names=["F"]).quantities[0]
    among = next(q for q in verified(truth(), plan=Plan(seeds=64)).quantities if q.name == "F")
    assert alone.fit is not None
    assert among.fit is not None
    one, many = alone.fit.slopes, among.fit.slopes
    assert one is not None
    assert many is not None
    assert one.overall.value == many.overall.value
    assert many.overall.half_width > 1.1 * one.overall.half_width


def test_few_seeds_do_not_confirm() -> None:
    found = verified(truth(), plan=Plan(seeds=4))
    assert Verdict.CONFIRMED not in verdicts(found).values()


def test_numbers_alone() -> None:
    found = numbers(tp.parse(SMALL).program, Plan((8, 16), seeds=5), ["C[0,2]"])
    assert list(found.quantities) == ["C[0,2]"]
    assert found.array("C[0,2]").shape == (2, 5)
    assert [cell.n for cell in found.quantities["C[0,2]"]] == [8, 16]


def test_floors_follow_the_largest_median() -> None:
    import numpy as np

    samples = {"kernel": {64: np.full(3, 2.0)}, "F": {64: np.full(3, 0.5)}, "C[0,2]": {64: np.full(3, np.nan)}}
    assert rounding_floors(samples, "float32") == {64: pytest.approx(2 * 2**-23)}
