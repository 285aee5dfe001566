"""Directions without factors that do not change orders, as from a weight that is used many times in the same way."""

from __future__ import annotations

from tp.graph.builder import GraphBuilder
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus, Derived
from tp.transform.direction import Direction, Factor


def thinned(graph: GraphBuilder, direction: Direction, calculus: Calculus, values: dict[int, Derived]) -> Direction:
    """``direction`` without every factor whose two sides have the abstract values of an earlier one; orders stay.

    What a factor adds to any sum depends on these values alone, and equal terms of a sum count once.
    """
    sides = [n for factors in direction.factors.values() for f in factors for n in (f.left, f.right)]
    found = interpret(graph, sides, calculus, values)
    kept: dict[str, tuple[Factor, ...]] = {}
    for name, factors in direction.factors.items():
        distinct: dict[object, Factor] = {}
        for f in factors:
            distinct.setdefault((id(found[f.left].value), id(found[f.right].value), f.shared), f)
        kept[name] = tuple(distinct.values())
    return Direction(direction.leaves, kept)
