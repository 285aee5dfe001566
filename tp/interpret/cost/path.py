"""The choice of path: whether a width is computed by NumPy, which starts at once, or by XLA, which compiles first.

It depends on the graphs, the width and the engine asked for alone, so it is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tp.activations import find
from tp.graph.nodes import Nodes
from tp.graph.parameter import Parameter
from tp.interpret.cost.compilation import SHARED
from tp.interpret.cost.memory import entries
from tp.interpret.cost.work import sizes
from tp.namespace import for_both
from tp.primitives.traits import function_of


class Path(StrEnum):
    """What computes the numbers."""

    NUMPY = "numpy"
    XLA = "xla"


@dataclass(frozen=True, slots=True)
class Choice:
    """A ``path``, the weights that are matrix-free on it, and how many draws are made side by side."""

    path: Path
    absent: frozenset[str]
    together: int = 1


FEWEST, SECONDS = 16, 12.0
"""At a width at least so many draws are expected, and as many as take so many seconds, up to :data:`SHARED`."""
MOST = 32
"""The most draws side by side."""
VALUES, WEIGHTS = 1 << 21, 3 << 22
"""The most numbers that the largest value, and all weights, may have for the draws side by side."""


def expected(work: float) -> float:
    """The draws expected at a width where one takes ``work`` seconds."""
    return min(SHARED, max(FEWEST, SECONDS / work))


def side_by_side(programs: Iterable[tuple[Nodes, Sequence[int]]], parameters: Mapping[str, Parameter], n: int) -> int:
    """How many draws NumPy makes side by side at width ``n``, a power of two: more take memory and save little."""
    largest = max((entries(graph.type(i), n) for graph, roots in programs for i in graph.needed(roots)), default=1)
    weights = sum(rows * columns for rows, columns in (sizes(p, n) for p in parameters.values()))
    most = max(1, min(MOST, VALUES // largest, WEIGHTS // max(weights, 1)))
    return 1 << (most.bit_length() - 1)


def portable(programs: Iterable[tuple[Nodes, Sequence[int]]]) -> bool:
    """Whether NumPy can compute all operations and activations."""
    for graph, roots in programs:
        for index in graph.needed(roots):
            operation = graph[index].operation
            function = function_of(operation)
            if not for_both(operation) or (function is not None and not for_both(find(function.activation))):
                return False
    return True
