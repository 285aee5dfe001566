"""An estimate of the memory that arrays need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from tp.graph.axes import Axis
from tp.graph.nodes import Nodes

WORD = {"float32": 4, "float64": 8}
"""Bytes of one number."""
TEMPORARIES = 1.5
"""Memory of a compiled program as a multiple of its live values: the largest among shipped programs (attention)."""


def entries(axes: Iterable[Axis], n: int) -> int:
    """The number of entries of an array with ``axes`` at width ``n``."""
    return prod(a.at(n) for a in axes)


def peak_entries(graph: Nodes, roots: Sequence[int], n: int) -> int:
    """The largest number of array entries alive at once when nodes are evaluated in order."""
    needed = graph.needed(roots)
    last = {i: k for k, index in enumerate(needed) for i in (index, *graph[index].operands)}
    last.update(dict.fromkeys(roots, len(needed)))
    ending: dict[int, list[int]] = {}
    for index, when in last.items():
        ending.setdefault(when, []).append(index)
    alive = peak = 0
    for k, index in enumerate(needed):
        alive += entries(graph.type(index), n)
        peak = max(peak, alive)
        alive -= sum(entries(graph.type(i), n) for i in ending.get(k, ()))
    return peak


def live_entries(programs: Iterable[tuple[Nodes, Sequence[int]]], n: int) -> int:
    """Array entries alive at once when ``programs``, with roots, run in turn: temporaries included, weights not."""
    return int(TEMPORARIES * max(peak_entries(graph, roots, n) for graph, roots in programs))
