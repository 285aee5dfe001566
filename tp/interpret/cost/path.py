"""The choice of path: whether a width is computed by NumPy, which starts at once, or by XLA, which compiles first.

It depends on the graphs, the width and the engine asked for alone, so it is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tp.activations import find
from tp.graph.mapping import MapOperation
from tp.graph.nodes import Nodes
from tp.graph.parameter import Parameter
from tp.interpret.cost.compilation import SHARED
from tp.interpret.cost.engine import absent
from tp.interpret.cost.memory import entries
from tp.interpret.cost.work import NUMPY, Questions, held_entries
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
"""The draws expected at a width: 12 s of work, but at least 16 and at most :data:`SHARED` draws."""
MOST = 32
"""The most draws side by side."""
VALUES, WEIGHTS, KNOWN = 1 << 21, 3 << 22, 1 << 22
"""For draws side by side: the most numbers of the largest value, of all weights, and of known products and weights."""

GENERATIONS = 2
"""During an evaluation NumPy holds two copies of the known products: those before it, and those after it."""


def expected(work: float) -> float:
    """The draws expected at a width where one takes ``work`` seconds."""
    return min(SHARED, max(FEWEST, SECONDS / work))


def cheaper(compiled: Choice, others: Iterable[Choice], work: Callable[[Choice], float], compiling: float) -> Choice:
    """The best of ``others``, if XLA loses more time by ``compiling`` than it saves in the draws that are expected.

    ``work`` are the seconds of one draw.
    """
    best = min(others, key=work)
    longer = expected(work(compiled)) * (work(best) - work(compiled))
    return best if longer <= compiling else compiled


def of_numpy(
    programs: Sequence[tuple[Nodes, Sequence[int]]],
    parameters: Mapping[str, Parameter],
    asked: Mapping[str, Questions],
    n: int,
    engine: str,
) -> list[Choice]:
    """What NumPy may do at width ``n``: the weights that ``engine`` finds matrix-free, or none where it may choose.

    Side by side draws share the calls of NumPy, so more weights may be worth it than for one draw.
    """
    nothing, shared = dict.fromkeys(asked, Questions()), replace(NUMPY, ask=NUMPY.ask / MOST)
    found = {absent(parameters, asked, n, engine, nothing, rates) for rates in (NUMPY, shared)}
    if engine == "auto":
        found.add(frozenset())
    by_size = sorted(found, key=lambda names: (len(names), sorted(names)))
    return [Choice(Path.NUMPY, names, side_by_side(programs, parameters, asked, names, n)) for names in by_size]


def side_by_side(
    programs: Sequence[tuple[Nodes, Sequence[int]]],
    parameters: Mapping[str, Parameter],
    asked: Mapping[str, Questions],
    without: frozenset[str],
    n: int,
) -> int:
    """How many draws NumPy makes side by side at width ``n``, a power of two: more take memory and save little.

    ``asked`` are the products with weights, of which those in ``without`` are matrix-free.
    """
    largest = max((entries(graph.type(i), n) for graph, roots in programs for i in graph.needed(roots)), default=1)
    held = held_entries(parameters, asked, without, n)
    most = max(1, min(MOST, VALUES // largest, (KNOWN if without else WEIGHTS) // max(held, 1)))
    return 1 << (most.bit_length() - 1)


def portable(programs: Iterable[tuple[Nodes, Sequence[int]]]) -> bool:
    """Whether NumPy can compute all operations and activations."""
    for graph, roots in programs:
        for index in graph.needed(roots):
            operation = graph[index].operation
            function = function_of(operation)
            if (
                isinstance(operation, MapOperation)
                or not for_both(operation)
                or (function is not None and not for_both(find(function.activation)))
            ):
                return False
    return True
