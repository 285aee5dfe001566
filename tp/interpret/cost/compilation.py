"""An estimate of how long graphs take to compile, in seconds of the reference machine (see :mod:`.work`).

It does not depend on the width. A compiled program that an earlier run left behind does not change it: the same draws
are made whether something has to be compiled or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from tp.graph.nodes import Nodes
from tp.graph.parameter import Parameter
from tp.interpret.cost.kinds import kind_of
from tp.interpret.cost.work import Questions

START = 1.5
"""Seconds for any program."""
NODE = 6.0e-3
"""Seconds for each node."""
PRODUCT = 0.8
"""Seconds for each group of products with a matrix-free Gaussian weight, whose code has some hundred operations."""
SHARED = 300
"""The draws at one width that share one compilation."""


def compilation(
    programs: Iterable[tuple[Nodes, Sequence[int]]], asked: Mapping[str, Questions], without: Collection[str]
) -> float:
    """Seconds to compile ``programs`` with their roots. ``asked`` has their products; ``without`` are matrix-free."""
    total, parameters = START, dict[str, Parameter]()
    for graph, roots in programs:
        total += NODE * len(graph.needed(roots))
        parameters.update(graph.parameters)
    return total + conditioning(parameters, asked, without)


def conditioning(parameters: Mapping[str, Parameter], asked: Mapping[str, Questions], without: Iterable[str]) -> float:
    """The seconds among them that matrix-free weights cause."""
    return PRODUCT * sum(kind_of(parameters[name]).code * len(asked[name].groups) for name in without)
