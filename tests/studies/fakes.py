"""A program without content, and both sides of a verification as a test wants them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import count
from typing import Any

import numpy as np

from tests.sampling.fakes import Fake
from tp.diagnostics.span import Span
from tp.graph.axes import Axis
from tp.graph.graph import Graph
from tp.program import Claim, Program
from tp.quantities.definitions import DEFAULT
from tp.sampling.means import Means
from tp.sampling.plan import MAX_WIDTH, Plan
from tp.studies.judging import YARDSTICK
from tp.studies.verify import Verification, compared, measured_quantities
from tp.theory.predict import NodeOrder, Prediction
from tp.theory.weak_correlations import Strength

MLP: dict[str, Fraction | None] = {
    "F": Fraction(0),
    "kernel": Fraction(0),
    "C[0,2]": Fraction(-1),
    "C[0,3]": Fraction(-1),
    "C[0,4]": Fraction(-2),
    "C[0,5]": Fraction(-2),
    "C[1,1]": Fraction(-1, 2),
    "C[1,2]": Fraction(-1),
    "C[1,3]": Fraction(-3, 2),
}


def claim(
    kind: str = "order",
    subject: str | None = None,
    relation: str | None = None,
    exponent: Fraction | int | None = None,
    negated: bool = False,
) -> Claim:
    power = None if exponent is None else Fraction(exponent)
    return Claim(kind, subject, relation, power, negated, f"claim {kind} {subject}", Span(7, 3, 7, 20, "fake.tp"))


def program(*claims: Claim) -> Program:
    graph = Graph({}, {})
    return Program("fake", "", "fake.tp", graph, {"x": (Axis("d", 3),)}, claims, {})


def prediction(
    exponents: Mapping[str, Fraction | None] = MLP,
    nodes: Sequence[NodeOrder] = (),
    exact: Mapping[str, bool] | None = None,
) -> Prediction:
    return Prediction(dict(exponents), tuple(nodes), ("inputs are generic",), dict(exact or {}))


class FakeAnalysis:
    """The order calculus, with answers as given; nothing is known of training nor of all orders."""

    known_regime = None
    optimizer = None

    def __init__(self, predicted: Mapping[str, Fraction | None] = MLP) -> None:
        self.predicted = predicted

    def prediction(self, names: Sequence[str], *, nodes: bool = False) -> Prediction:
        return prediction({name: self.predicted[name] for name in names if name in self.predicted})

    @property
    def weak(self) -> tuple[Strength, Strength]:
        """As strong as is asked for."""
        return Strength(Fraction(9), Fraction(9), (0, 2)), Strength(Fraction(9), Fraction(9), (0, 3))


def experiment(
    measured: Mapping[str, float | None], names: Sequence[str], cost: float = 1e-3, stop_at: int = -1, **more: Any
) -> Fake:
    """Samples |N(0, 1)| n^measured (zero for None) of ``names`` and the kernel, which cost ``cost`` seconds each.

    Ctrl-C comes in call number ``stop_at``.
    """
    calls = count()

    def sample(n: int, first: int, count: int) -> dict[str, np.ndarray]:
        if next(calls) == stop_at:
            raise KeyboardInterrupt
        draw = np.random.default_rng(first)
        found: dict[str, np.ndarray] = {}
        for name in dict.fromkeys([*names, YARDSTICK]):
            power = measured.get(name, 0.0)
            size = 0.0 if power is None else float(n) ** power
            found[name] = np.abs(draw.normal(size=count)) * size
        return found

    return Fake(sample, lambda _: cost, quantities=tuple(dict.fromkeys([*names, YARDSTICK])), **more)


def verified(
    measured: Mapping[str, float | None],
    *claims: Claim,
    predicted: Mapping[str, Fraction | None] = MLP,
    plan: Plan | None = None,
    names: Sequence[str] = DEFAULT,
    watch: Callable[[Verification], None] | None = None,
    report: Callable[[float, float, str], None] | None = None,
    means: Means | None = None,
    **more: Any,
) -> Verification:
    """What becomes of a program with ``claims`` where the calculus says ``predicted`` and draws are ``measured``."""
    asked = measured_quantities(program(*claims), names)
    theory: Any = FakeAnalysis(predicted)
    plan = plan or Plan(max_width=MAX_WIDTH)
    drawn = [experiment(measured, asked, **more)]
    return compared(program(*claims), asked, theory, drawn, plan, means, report=report, watch=watch)


def truth(predicted: Mapping[str, Fraction | None] = MLP) -> dict[str, float | None]:
    return {name: None if power is None else float(power) for name, power in predicted.items()}
