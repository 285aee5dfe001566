"""Claims against predictions and verdicts."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from fakes import MLP, claim, prediction

from tp.program import Claim
from tp.statistics.fit import fit
from tp.statistics.verdict import Judgement, Verdict
from tp.studies.claims.decide import Measured, claimed_quantities, evaluate, ordered_quantities
from tp.studies.outcome import Outcome
from tp.theory.predict import NodeOrder

HALF = Fraction(1, 2)


def seen(verdict: Verdict, slope: float = -0.75) -> Measured:
    return Measured(fit({n: np.full(4, float(n) ** slope) for n in (64, 256, 1024)}), Judgement(verdict, ""))


def outcome(which: Claim, **more: object) -> Outcome:
    return evaluate(which, prediction(**more), {}, "f").outcome  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("subject", "relation", "exponent", "expected"),
    [
        ("C[0,2]", "Theta", -1, Outcome.HOLDS),
        ("C[0,2]", "Theta", 0, Outcome.FAILS),
        ("C[0,2]", "O", 0, Outcome.HOLDS),
        ("C[0,2]", "O", -1, Outcome.HOLDS),
        ("C[0,2]", "O", -2, Outcome.FAILS),
        ("C[0,2]", "zero", None, Outcome.FAILS),
        ("f", "Theta", 0, Outcome.HOLDS),
        ("nobody", "Theta", 0, Outcome.UNDECIDED),
    ],
)
def test_orders(subject: str, relation: str, exponent: int | None, expected: Outcome) -> None:
    assert outcome(claim("order", subject, relation, exponent)) is expected


@pytest.mark.parametrize(("relation", "expected"), [("zero", "holds"), ("O", "holds"), ("Theta", "fails")])
def test_orders_of_what_vanishes(relation: str, expected: str) -> None:
    found = outcome(claim("order", "C[0,4]", relation, -2), exponents={"C[0,4]": None})
    assert found.value == expected


def test_nodes_have_orders() -> None:
    nodes = [NodeOrder("h", None, HALF)]
    assert outcome(claim("order", "h", "Theta", HALF), nodes=nodes) is Outcome.HOLDS
    assert outcome(claim("order", "h", "O", 0), nodes=nodes) is Outcome.FAILS


@pytest.mark.parametrize(
    ("relation", "exponent", "expected"),
    [("O", 0, Outcome.HOLDS), ("O", -2, Outcome.UNDECIDED), ("Theta", -1, Outcome.UNDECIDED)],
)
def test_bounds_prove_upper_bounds_only(relation: str, exponent: int, expected: Outcome) -> None:
    assert outcome(claim("order", "C[0,2]", relation, exponent), exact={"C[0,2]": False}) is expected


@pytest.mark.parametrize(
    ("kind", "exponent", "expected"),
    [
        ("weakly_correlated", 1, Outcome.HOLDS),
        ("weakly_correlated", HALF, Outcome.HOLDS),
        ("weakly_correlated", 2, Outcome.FAILS),
        ("power_weakly_correlated", Fraction(2, 3), Outcome.HOLDS),
        ("power_weakly_correlated", 1, Outcome.FAILS),
        ("linearizes", None, Outcome.UNDECIDED),
        ("stable", None, Outcome.UNDECIDED),
    ],
)
def test_weak_correlations_of_an_mlp(kind: str, exponent: Fraction | None, expected: Outcome) -> None:
    """The power form holds for m = n^(2/3), where C[0,3] binds, and not for m = n."""
    assert outcome(claim(kind, exponent=exponent)) is expected


def test_the_binding_correlation_is_named() -> None:
    found = evaluate(claim("power_weakly_correlated", exponent=1), prediction(), {}, "f")
    assert found.involved == ("C[0,3]", "C[0,5]")
    assert "C[0,3]" in found.reason


def test_what_holds_is_said_to_hold_up_to_the_orders_examined() -> None:
    found = evaluate(claim("weakly_correlated", exponent=1), prediction(), {}, "f")
    assert "up to the orders examined" in found.reason


def test_a_missing_prediction_leaves_it_undecided() -> None:
    some = {name: power for name, power in MLP.items() if name != "C[1,3]"}
    assert outcome(claim("weakly_correlated", exponent=1), exponents=some) is Outcome.UNDECIDED


@pytest.mark.parametrize(("exponent", "expected"), [(1, Outcome.FAILS), (2, Outcome.HOLDS)])
def test_negation(exponent: int, expected: Outcome) -> None:
    assert outcome(claim("weakly_correlated", exponent=exponent, negated=True)) is expected


def test_negation_of_the_undecided_is_undecided() -> None:
    assert outcome(claim("linearizes", negated=True)) is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("verdict", "relation", "expected", "confirmed"),
    [
        (Verdict.CONFIRMED, "Theta", Outcome.HOLDS, True),
        (Verdict.UNDECIDED, "Theta", Outcome.HOLDS, False),
        (Verdict.LOOSE, "Theta", Outcome.UNDECIDED, False),
        (Verdict.LOOSE, "O", Outcome.HOLDS, True),
        (Verdict.UNDECIDED, "O", Outcome.HOLDS, True),
        (Verdict.REFUTED, "Theta", Outcome.FAILS, False),
    ],
)
def test_measurements_weigh_in(verdict: Verdict, relation: str, expected: Outcome, confirmed: bool) -> None:
    measured = {"C[0,2]": seen(verdict, -0.5 if verdict is Verdict.REFUTED else -1)}
    found = evaluate(claim("order", "C[0,2]", relation, -1), prediction(), measured, "f")
    assert (found.outcome, found.confirmed) == (expected, confirmed)


def test_an_interval_above_the_bound_does_not_support_it() -> None:
    measured = {"C[0,2]": seen(Verdict.UNDECIDED, -0.9)}
    found = evaluate(claim("order", "C[0,2]", "O", -1), prediction(), measured, "f")
    assert (found.outcome, found.confirmed, found.open) == (Outcome.HOLDS, False, ("C[0,2]",))


def test_a_generous_bound_survives_a_refuted_prediction_undecided() -> None:
    measured = {"C[0,2]": seen(Verdict.REFUTED, -0.5)}
    found = evaluate(claim("order", "C[0,2]", "O", 0), prediction(), measured, "f")
    assert found.outcome is Outcome.UNDECIDED


def test_one_undecided_measurement_prevents_confirmation() -> None:
    measured = {"C[0,2]": seen(Verdict.CONFIRMED), "C[0,3]": seen(Verdict.UNDECIDED)}
    found = evaluate(claim("weakly_correlated", exponent=1), prediction(), measured, "f")
    assert (found.outcome, found.confirmed) == (Outcome.HOLDS, False)


def test_without_measurements_nothing_is_confirmed() -> None:
    assert not evaluate(claim("order", "C[0,2]", "Theta", -1), prediction(), {}, "f").confirmed


def test_quantities_that_claims_need() -> None:
    both = [claim("order", "hessian", "O", 0), claim("order", "h", "O", 0), claim("weakly_correlated", exponent=1)]
    assert ordered_quantities(both, "f") == ("hessian",)
    assert claimed_quantities(both, "f")[:2] == ("hessian", "C[0,2]")
