"""Reverse mode as a program transformation; gradients of applied weights stay in factors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tp.graph.axes import names, without
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative
from tp.primitives.interpretations import transposition
from tp.primitives.shorthand import combine
from tp.primitives.traits import Weight, applied_weight
from tp.transform.direction import Direction, Factor


@dataclass(frozen=True, slots=True)
class Pullback:
    """Cotangents by node, and by weight the factors of the gradient of every applied weight."""

    cotangents: Mapping[int, int]
    factors: Mapping[str, tuple[Factor, ...]]


def pullback(
    graph: GraphBuilder,
    root: int,
    cotangent: int,
    leaves: Iterable[int],
    kept: tuple[str, ...] = (),
    every: bool = False,
) -> Pullback:
    """The adjoint of everything below ``root`` applied to ``cotangent``, as new nodes of ``graph``.

    ``kept`` names axes (samples) that are not summed over in the gradients of applied weights. Leaves without
    influence on ``root`` are missing from the result. With ``every`` the cotangents of all nodes on the way are kept.
    """
    wanted = set(leaves)
    needed = graph.needed([root])
    active: set[int] = set()
    for index in needed:
        node = graph[index]
        if index in wanted or (
            node.operation.derivative is not Derivative.CONSTANT
            and (applied_weight(node.operation) is not None or any(i in active for i in node.operands))
        ):
            active.add(index)
    arriving: dict[int, list[int]] = {root: [cotangent]}
    factors: dict[str, list[Factor]] = {}
    finished: dict[int, int] = {}
    for index in reversed(needed):
        if index not in active or index not in arriving:
            continue
        node = graph[index]
        with graph.at(node.span):
            total = combine(graph, arriving.pop(index))
            if every or index in wanted:
                finished[index] = total
            if index in wanted:
                continue
            if (weight := applied_weight(node.operation)) is not None:
                factor = _factor(graph, weight, total, node.operands[0], kept)
                factors.setdefault(weight.name, []).append(factor)
            for place, operand in enumerate(node.operands):
                if operand in active:
                    back = transposition.of(node.operation)(node.operation, graph, total, node.operands, place)
                    if back is not None:
                        arriving.setdefault(operand, []).append(back)
    return Pullback(finished, {name: tuple(parts) for name, parts in factors.items()})


def _factor(graph: GraphBuilder, weight: Weight, cotangent: int, operand: int, kept: tuple[str, ...]) -> Factor:
    _, ins = graph.parameters[weight.name].sides(weight.transposed)
    shared = tuple(a for a in names(without(graph.type(operand), names(ins))) if a not in kept)
    pair = (operand, cotangent) if weight.transposed else (cotangent, operand)
    return Factor(*pair, shared)


def direction(pulled: Pullback, reads: Mapping[str, int]) -> Direction:
    """The gradient as a direction; ``reads`` names the leaf node of each weight read as a value."""
    leaves = {name: pulled.cotangents[node] for name, node in reads.items() if node in pulled.cotangents}
    return Direction(leaves, pulled.factors)
