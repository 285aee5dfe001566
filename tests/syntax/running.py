"""Programs as plain functions of arrays, for comparison with formulas written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from tp.primitives.interpretations import Lowering, lowering
from tp.syntax import Program, parse

N = 6


def sized(axes: Any, n: int = N) -> tuple[int, ...]:
    return tuple(a.at(n) for a in axes)


class Run:
    """One evaluation with random inputs and weights; ``weights`` hold the centred part times the deviation."""

    def __init__(self, text: str, n: int = N, inputs: Mapping[str, Any] | None = None, scale: float = 1.0) -> None:
        self.program: Program = parse(text)
        self.n = n
        graph = self.program.graph
        draw = np.random.default_rng(1)
        self.inputs = {k: draw.normal(size=sized(t, n)) * scale for k, t in self.program.inputs.items()}
        self.inputs.update(inputs or {})
        self.weights = {
            k: draw.normal(size=sized(p.outs + p.ins, n)) * p.law.scale.at(n) for k, p in graph.parameters.items()
        }
        low = Lowering(n, self.inputs, self.weights, graph.parameters, jnp.float32)
        self.values: dict[int, Any] = {}
        for index in graph:
            node = graph[index]
            self.values[index] = lowering.of(node.operation)(
                node.operation,
                low,
                [graph.type(i) for i in node.operands],
                node.type,
                [jnp.asarray(self.values[i]) for i in node.operands],
            )

    def axes(self, name: str) -> str:
        """The type of a name, as in ``n t=4``."""
        return " ".join(map(str, self.program.graph.type(self.program.graph.names[name])))

    def __getitem__(self, name: str) -> Any:
        return np.asarray(self.values[self.program.graph.names[name]])

    def ordered(self, name: str, axes: str) -> Any:
        """The value of a name with its axes in the order ``axes``."""
        have = [a.name for a in self.program.graph.type(self.program.graph.names[name])]
        return self[name].transpose([have.index(a) for a in axes.split()])


def program(body: str, head: str = "program p {") -> str:
    """A program around ``body``, with a width, an input and an output of its own."""
    return f"{head}\n  width n\n  input unused : [one=1]\n  output out = unused\n{body}\n}}"
