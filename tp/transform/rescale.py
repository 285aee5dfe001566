"""A program with some of its declared exponents of n changed: multipliers, initial scales, learning rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tp.graph.axes import ONE, Scale
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.operation import Operation
from tp.graph.parameter import Parameter
from tp.primitives.linear import Linear
from tp.primitives.shorthand import scaled


@dataclass(frozen=True)
class Rescaling:
    """Factors: of deviations and rates by weight, of coefficients by (node, place), of nodes, of the global rate."""

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
    if not isinstance(operation, Linear):
        return operation
    factors = [change.coefficients.get((index, place), ONE) for place in range(len(operation.scales))]
    return Linear(tuple(scale * factor for scale, factor in zip(operation.scales, factors, strict=True)))
