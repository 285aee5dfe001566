"""A program without content, and tools that answer what a test wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from tp.diagnostics.span import Span
from tp.graph.axes import Axis
from tp.graph.graph import Graph
from tp.program import Claim, Program
from tp.studies.verify import Tools
from tp.theory.predict import NodeOrder, Prediction

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
    return Program("fake", "", "fake.tp", graph, {"x": (Axis("d", 3),)}, claims, {}, "0")


def prediction(
    exponents: Mapping[str, Fraction | None] = MLP,
    nodes: Sequence[NodeOrder] = (),
    exact: Mapping[str, bool] | None = None,
) -> Prediction:
    return Prediction(dict(exponents), tuple(nodes), ("inputs are generic",), dict(exact or {}))


def tools(
    measured: Mapping[str, float | None], predicted: Mapping[str, Fraction | None] = MLP, memory: int = 1
) -> Tools:
    """Predictions as given, and samples |N(0, 1)| n^measured (zero for None)."""

    def sample(graph: Graph, names: Sequence[str], n: int, seeds: int, key: int, *_: Any) -> dict[str, np.ndarray]:
        draw = np.random.default_rng(key)
        found: dict[str, np.ndarray] = {}
        for name in names:
            power = measured.get(name, 0.0)
            size = 0.0 if power is None else float(n) ** power
            found[name] = np.abs(draw.normal(size=seeds)) * size
        return found

    def predict(graph: Graph, names: Sequence[str], nodes: bool = False) -> Prediction:
        return prediction({name: predicted[name] for name in names if name in predicted})

    return Tools(predict, sample, lambda *_: memory, lambda *_: "dense", lambda *_: 1e-3)


def truth(predicted: Mapping[str, Fraction | None] = MLP) -> dict[str, float | None]:
    return {name: None if power is None else float(power) for name, power in predicted.items()}
