"""Directions without factors that do not change orders, as from a weight that is used many times in the same way."""

from __future__ import annotations

from collections.abc import Mapping

from tp.graph.builder import GraphBuilder
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus, Derived
from tp.transform.direction import Direction, Entries, Factor


def thinned(graph: GraphBuilder, direction: Direction, calculus: Calculus, values: dict[int, Derived]) -> Direction:
    """``direction`` without factors and entries that have the abstract values of an earlier one; orders stay.

    What a factor adds to any sum depends on these values alone, and equal terms of a sum count once.
    """
    found = interpret(graph, direction.nodes, calculus, values)
    kept: dict[str, tuple[Factor, ...]] = {}
    for name, factors in direction.factors.items():
        distinct: dict[object, Factor] = {}
        for f in factors:
            distinct.setdefault((id(found[f.left].value), id(found[f.right].value), f.shared), f)
        kept[name] = tuple(distinct.values())
    entries = {name: _distinct(parts, found) for name, parts in direction.entries.items()}
    return Direction(direction.leaves, kept, entries)


def _distinct(parts: tuple[Entries, ...], found: Mapping[int, Derived]) -> tuple[Entries, ...]:
    return tuple({tuple(id(found[n].value) for n in part.nodes): part for part in reversed(parts)}.values())[::-1]
