"""Copying a program into another graph, at other inputs, at one point or at several samples at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tp.graph.axes import Axis
from tp.graph.builder import GraphBuilder
from tp.graph.nodes import Nodes
from tp.graph.operation import Operation
from tp.primitives.input import Input
from tp.primitives.sum_broadcast import Broadcast
from tp.primitives.traits import datum_of, read_weight


def instantiate(
    program: Nodes,
    roots: Sequence[int],
    target: GraphBuilder,
    datum: Callable[[Input], int],
    samples: Axis | None = None,
    beside: Callable[[Operation, Sequence[int], int], int] = lambda _, __, copy: copy,
) -> dict[int, int]:
    """Adds what ``roots`` need to ``target``. Returns the map from nodes of ``program`` to nodes of ``target``.

    ``datum`` gives the node that stands for an input. With ``samples`` that node carries the extra finite axis,
    and weights read as values are repeated along it, so that each sample has a gradient of its own. Noise has no
    gradient, and is not repeated. The image
    of any other node is ``beside(operation, operands, copy)``, which by default is the copy itself.
    """
    image: dict[int, int] = {}
    for index in program.needed(roots):
        node = program[index]
        with target.at(node.span):
            if (given := datum_of(node.operation)) is not None:
                image[index] = datum(given)
                continue
            operands = [image[i] for i in node.operands]
            copy = beside(node.operation, operands, target.add(node.operation, *operands, label=node.label))
            weight = read_weight(node.operation)
            if samples is not None and weight is not None and not target.parameters[weight].noise:
                copy = target.add(Broadcast((samples,)), copy)
        image[index] = copy
    return image
