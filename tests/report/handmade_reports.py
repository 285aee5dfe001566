"""Results made by hand, for tests of their reports."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from tp.answer import Answer
from tp.diagnostics.span import Span
from tp.exponent import UNBOUNDED
from tp.graph.builder import GraphBuilder
from tp.interpret.orders import calculus_for
from tp.statistics.fit import fit
from tp.statistics.verdict_of_fit import judge
from tp.studies.claims.evaluate import ClaimResult
from tp.studies.judging import QuantityResult
from tp.studies.orders import Orders
from tp.studies.provenance import Provenance
from tp.studies.verify import Verification
from tp.theory.laws import Law
from tp.theory.movers import Mover
from tp.theory.predict import NodeOrder, Prediction
from tp.theory.regime import Condition, Feature, Kind, Regime
from tp.theory.weak_correlations import Strength

WIDTHS = (64, 256, 1024)


def row(name: str, predicted: Fraction | None, slope: float | None) -> QuantityResult:
    draws = {n: np.full(40, 0.0 if slope is None else float(n) ** slope) for n in WIDTHS}
    found = fit(draws)
    return QuantityResult(name, True, predicted, True, found, judge(predicted, found), draws=draws)


RESULT = Verification(
    (row("C[0,2]", Fraction(-1), -1.0), row("C[0,4]", None, None), row("F", Fraction(0), float("nan"))),
    (
        ClaimResult("claim f", 3, Answer.YES, True, "yes"),
        ClaimResult("claim g", None, Answer.YES, False, "so it is predicted"),
    ),
    ("inputs are generic",),
    Provenance("mlp", "mlp.tp", WIDTHS, "float64", {64: "dense", 256: "dense", 1024: "conditioned"}, 3),
)
ZERO = calculus_for(GraphBuilder()).zero
REGIME = Regime(
    Kind.LAZY,
    "F - F_lin is of order n^(-1)",
    True,
    (Condition("F(θ0) = O(1)", Fraction(0), True),),
    (Feature("h", None, True, Fraction(0), Fraction(-1, 2)),),
    (Mover("W", Span(6, 3, 6, 9, "mlp.tp"), Fraction(-1, 2), Fraction(0), False, 1),),
    Fraction(-1),
    Fraction(-1),
    None,
    None,
    {"F - F_lin": ZERO},
    GraphBuilder(),
    {"F - F_lin": None},
    steps=2,
    settled=True,
    unstable_from=None,
)
ORDERS = Orders(
    provenance=Provenance("mlp", "mlp.tp"),
    asked=("C[1,1]", "C[0,4]", "C[2,1]", "C[0,2]"),
    prediction=Prediction(
        {"C[1,1]": Fraction(-1, 2), "C[0,4]": None, "C[0,2]": Fraction(-1)},
        (NodeOrder("h", None, Fraction(0)),),
        ("inputs are generic",),
        {"C[0,2]": False},
    ),
    bounds={"C[1,1]": Fraction(-1, 2), "C[0,4]": None, "C[0,2]": UNBOUNDED},
    laws=(Law("C[1,d]", Fraction(1, 2), Fraction(1, 2), Fraction(0), True),),
    weak=(Strength(Fraction(1), Fraction(1), (0, 2)), Strength(Fraction(0), Fraction(0), (0, 3))),
    weak_bound=(Strength(Fraction(1, 2), Fraction(1, 2), (0, 2)), None),
    regime=REGIME,
    premises=("tanh: analytic",),
    claims=(),
)
