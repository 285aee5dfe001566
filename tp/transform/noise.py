"""A program whose noise has several draws side by side, of which an input chooses one."""

from __future__ import annotations

from dataclasses import replace

from tp.graph.axes import Axis
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.slot import Role, Slot
from tp.primitives.input import Input
from tp.primitives.shorthand import contract
from tp.primitives.traits import read_weight

CHOICE = Slot(Role.NOISE)
"""The input that chooses: one-hot along :data:`AXIS`. Where it is zero noise is its mean."""
AXIS = "@noise"


def noisy(graph: Graph) -> bool:
    """Whether ``graph`` has noise."""
    return any(p.noise for p in graph.parameters.values())


def drawn_apart(program: Graph, count: int) -> Graph:
    """``program`` with ``count`` draws of all its noise, and the input :data:`CHOICE` : [AXIS].

    Nodes that outputs and names need keep their spans and labels.
    """
    axis = Axis(AXIS, count)
    parameters = {n: replace(p, outs=(axis, *p.outs)) if p.noise else p for n, p in program.parameters.items()}
    graph = GraphBuilder(program.widths, parameters, program.learning_rate)
    image: dict[int, int] = {}
    for index in program.needed([*program.outputs.values(), *program.names.values()]):
        node = program[index]
        weight = read_weight(node.operation)
        with graph.at(node.span):
            if weight is None or not parameters[weight].noise:
                image[index] = graph.add(node.operation, *(image[i] for i in node.operands), label=node.label)
            else:
                choice = graph.add(Input(CHOICE, (axis,)))
                image[index] = contract(graph, graph.add(node.operation, label=node.label), choice, [AXIS])
    graph.outputs = {name: image[i] for name, i in program.outputs.items()}
    graph.names = {name: image[i] for name, i in program.names.items()}
    return graph.build().pruned()
