"""A program with some of its declared exponents of n changed: multipliers, initial scales, learning rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tp.graph.axes import ONE, Scale
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.interpretation import Interpretation
from tp.graph.operation import Operation
from tp.graph.parameter import Parameter
from tp.primitives.linear import Linear
from tp.primitives.shorthand import scaled
from tp.primitives.traits import coefficients_of


@dataclass(frozen=True)
class Rescaling:
    """Factors of deviations and rates (by weight), coefficients (by node and place), nodes, and the global rate."""

    laws: Mapping[str, Scale] = field(default_factory=dict)
    rates: Mapping[str, Scale] = field(default_factory=dict)
    coefficients: Mapping[tuple[int, int], Scale] = field(default_factory=dict)
    results: Mapping[int, Scale] = field(default_factory=dict)
    learning_rate: Scale = ONE


def rescaled(program: Graph, change: Rescaling) -> Graph:
    """``program`` with the factors of ``change``; names, outputs, labels and spans are kept."""
    parameters = {name: _parameter(p, change) for name, p in program.parameters.items()}
    graph = GraphBuilder(program.widths, parameters, program.learning_rate * change.learning_rate)
    image: dict[int, int] = {}
    for index in program:
        node = program[index]
        operation = _operation(index, node.operation, change)
        operands = (image[i] for i in node.operands)
        with graph.at(node.span):
            image[index] = graph.add(operation, *operands, label=node.label)
            if index in change.results:
                image[index] = scaled(graph, image[index], change.results[index])
    graph.outputs = {name: image[i] for name, i in program.outputs.items()}
    graph.names = {name: image[i] for name, i in program.names.items()}
    return graph.build()


def _parameter(parameter: Parameter, change: Rescaling) -> Parameter:
    law = parameter.law
    law = replace(law, scale=law.scale * change.laws.get(parameter.name, ONE))
    return replace(parameter, law=law, rate=parameter.rate * change.rates.get(parameter.name, ONE))


def _operation(index: int, operation: Operation, change: Rescaling) -> Operation:
    factors = {k: f for k in range(len(coefficients_of(operation))) if (f := change.coefficients.get((index, k)))}
    return _rescaled.of(operation)(operation, factors) if factors else operation


_rescaled: Interpretation[Callable[[Any, Mapping[int, Scale]], Operation]] = Interpretation("rescaled")
"""``rule(operation, factors)``: the operation with its coefficients times ``factors``, which are given by place."""


@_rescaled.rule(Linear)
def rescaled_combination(operation: Linear, factors: Mapping[int, Scale]) -> Operation:
    return Linear(tuple(scale * factors.get(place, ONE) for place, scale in enumerate(operation.scales)))
