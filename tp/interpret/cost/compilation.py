"""An estimate of how long graphs take to compile, in seconds of the reference machine (see :mod:`.work`).

It does not depend on the width. A compiled program that an earlier run left behind does not change it: the same draws
are made whether something has to be compiled or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from tp.graph.nodes import Nodes
from tp.interpret.cost.work import Questions

START = 1.5
"""Seconds for any program."""
NODE = 6.0e-3
"""Seconds for each node."""
PRODUCT = 0.8
"""Seconds for each group of products with a matrix-free weight: the code that draws it has some hundred operations."""
SHARED = 300
"""The draws at one width that share one compilation."""


def compilation(
    programs: Iterable[tuple[Nodes, Sequence[int]]], asked: Mapping[str, Questions], without: Collection[str]
) -> float:
    """Seconds to compile ``programs`` with their roots. ``asked`` has their products; ``without`` are matrix-free."""
    return START + NODE * sum(len(graph.needed(roots)) for graph, roots in programs) + conditioning(asked, without)


def conditioning(asked: Mapping[str, Questions], without: Iterable[str]) -> float:
    """The seconds among them that matrix-free weights cause."""
    return PRODUCT * sum(len(asked[name].groups) for name in without)
