"""Claims against predictions and verdicts."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from fakes import MLP, claim, prediction

from tp.answer import Answer
from tp.claims.kind import claimed_quantities
from tp.program import Claim
from tp.statistics.fit import fit
from tp.statistics.verdict import Judgement, Verdict
from tp.studies.claims.evaluate import evaluate
from tp.studies.claims.evidence import Theory
from tp.studies.claims.support import Measured
from tp.theory.predict import NodeOrder

HALF = Fraction(1, 2)


def seen(verdict: Verdict, slope: float = -0.75) -> Measured:
    return Measured(fit({n: np.full(4, float(n) ** slope) for n in (64, 256, 1024)}), Judgement(verdict, ""))


def outcome(which: Claim, **more: object) -> Answer:
    return evaluate(which, Theory(prediction(**more)), {}, "f").answer  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("subject", "relation", "exponent", "expected"),
    [
        ("C[0,2]", "Theta", -1, Answer.YES),
        ("C[0,2]", "Theta", 0, Answer.NO),
        ("C[0,2]", "O", 0, Answer.YES),
        ("C[0,2]", "O", -1, Answer.YES),
        ("C[0,2]", "O", -2, Answer.NO),
        ("C[0,2]", "zero", None, Answer.NO),
        ("f", "Theta", 0, Answer.YES),
        ("nobody", "Theta", 0, Answer.UNDECIDED),
    ],
)
def test_orders(subject: str, relation: str, exponent: int | None, expected: Answer) -> None:
    assert outcome(claim("order", subject, relation, exponent)) is expected


@pytest.mark.parametrize(("relation", "expected"), [("zero", "holds"), ("O", "holds"), ("Theta", "fails")])
def test_orders_of_what_vanishes(relation: str, expected: str) -> None:
    found = outcome(claim("order", "C[0,4]", relation, -2), exponents={"C[0,4]": None})
    assert found.worded("holds", "fails") == expected


def test_nodes_have_orders() -> None:
    nodes = [NodeOrder("h", None, HALF)]
    assert outcome(claim("order", "h", "Theta", HALF), nodes=nodes) is Answer.YES
    assert outcome(claim("order", "h", "O", 0), nodes=nodes) is Answer.NO


@pytest.mark.parametrize(
    ("relation", "exponent", "expected"),
    [("O", 0, Answer.YES), ("O", -2, Answer.UNDECIDED), ("Theta", -1, Answer.UNDECIDED)],
)
def test_bounds_prove_upper_bounds_only(relation: str, exponent: int, expected: Answer) -> None:
    assert outcome(claim("order", "C[0,2]", relation, exponent), exact={"C[0,2]": False}) is expected


@pytest.mark.parametrize(
    ("kind", "exponent", "expected"),
    [
        ("weakly_correlated", 1, Answer.YES),
        ("weakly_correlated", HALF, Answer.YES),
        ("weakly_correlated", 2, Answer.NO),
        ("power_weakly_correlated", Fraction(2, 3), Answer.YES),
        ("power_weakly_correlated", 1, Answer.NO),
        ("linearizes", None, Answer.UNDECIDED),
        ("stable", None, Answer.UNDECIDED),
    ],
)
def test_weak_correlations_of_an_mlp(kind: str, exponent: Fraction | None, expected: Answer) -> None:
    """The power form holds for m = n^(2/3), where C[0,3] binds, and not for m = n."""
    assert outcome(claim(kind, exponent=exponent)) is expected


def test_the_binding_correlation_is_named() -> None:
    found = evaluate(claim("power_weakly_correlated", exponent=1), Theory(prediction()), {}, "f")
    assert found.involved == ("C[0,3]", "C[0,5]")
    assert "C[0,3]" in found.reason


def test_what_holds_is_said_to_hold_up_to_the_orders_examined() -> None:
    found = evaluate(claim("weakly_correlated", exponent=1), Theory(prediction()), {}, "f")
    assert "up to the orders examined" in found.reason


def test_a_missing_prediction_leaves_it_undecided() -> None:
    some = {name: power for name, power in MLP.items() if name != "C[1,3]"}
    assert outcome(claim("weakly_correlated", exponent=1), exponents=some) is Answer.UNDECIDED


@pytest.mark.parametrize(("exponent", "expected"), [(1, Answer.NO), (2, Answer.YES)])
def test_negation(exponent: int, expected: Answer) -> None:
    assert outcome(claim("weakly_correlated", exponent=exponent, negated=True)) is expected


def test_negation_of_the_undecided_is_undecided() -> None:
    assert outcome(claim("linearizes", negated=True)) is Answer.UNDECIDED


@pytest.mark.parametrize(
    ("verdict", "relation", "expected", "confirmed"),
    [
        (Verdict.CONFIRMED, "Theta", Answer.YES, True),
        (Verdict.UNDECIDED, "Theta", Answer.YES, False),
        (Verdict.LOOSE, "Theta", Answer.UNDECIDED, False),
        (Verdict.LOOSE, "O", Answer.YES, True),
        (Verdict.UNDECIDED, "O", Answer.YES, True),
        (Verdict.REFUTED, "Theta", Answer.NO, False),
    ],
)
def test_measurements_weigh_in(verdict: Verdict, relation: str, expected: Answer, confirmed: bool) -> None:
    measured = {"C[0,2]": seen(verdict, -0.5 if verdict is Verdict.REFUTED else -1.25)}
    found = evaluate(claim("order", "C[0,2]", relation, -1), Theory(prediction()), measured, "f")
    assert (found.answer, found.confirmed) == (expected, confirmed)


def test_an_interval_above_the_bound_does_not_support_it() -> None:
    measured = {"C[0,2]": seen(Verdict.UNDECIDED, -0.9)}
    found = evaluate(claim("order", "C[0,2]", "O", -1), Theory(prediction()), measured, "f")
    assert (found.answer, found.confirmed, found.open) == (Answer.YES, False, ("C[0,2]",))


def test_a_generous_bound_survives_a_refuted_prediction_undecided() -> None:
    measured = {"C[0,2]": seen(Verdict.REFUTED, -0.5)}
    found = evaluate(claim("order", "C[0,2]", "O", 0), Theory(prediction()), measured, "f")
    assert found.answer is Answer.UNDECIDED


def test_one_undecided_measurement_prevents_confirmation() -> None:
    measured = {"C[0,2]": seen(Verdict.CONFIRMED), "C[0,3]": seen(Verdict.UNDECIDED)}
    found = evaluate(claim("weakly_correlated", exponent=1), Theory(prediction()), measured, "f")
    assert (found.answer, found.confirmed) == (Answer.YES, False)


def test_without_measurements_nothing_is_confirmed() -> None:
    assert not evaluate(claim("order", "C[0,2]", "Theta", -1), Theory(prediction()), {}, "f").confirmed


def test_quantities_that_claims_need() -> None:
    both = [claim("order", "hessian", "O", 0), claim("order", "h", "O", 0), claim("weakly_correlated", exponent=1)]
    assert claimed_quantities((c for c in both if c.kind == "order"), "f") == ("hessian",)
    assert claimed_quantities(both, "f")[:2] == ("hessian", "C[0,2]")
