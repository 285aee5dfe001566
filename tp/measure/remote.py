"""What other processes are asked to do: pure functions of plain data that can be pickled."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tp.diagnostics.diagnostic import TpError

if TYPE_CHECKING:
    from tp.graph.graph import Graph


@dataclass(frozen=True)
class Job:
    """All that a draw depends on but the width and its number. ``graph`` is a graph's text."""

    graph: str
    quantities: tuple[str, ...]
    inputs: Mapping[str, npt.NDArray[np.float64]]
    dtype: str
    engine: str


def answer(job: Job, n: int, first: int, count: int) -> tuple[dict[str, npt.NDArray[np.float64]], float]:
    """The values of ``count`` draws at width ``n``, numbered from ``first``, and the seconds that they took.

    Raises TpError and MemoryError as the sampler does, and RuntimeError for all else: not every exception survives
    the way to another process.
    """
    from tp.correlations.sample import sample

    graph = _graph(job.graph)
    start = time.monotonic()
    try:
        found = sample(graph, job.quantities, n, count, first, job.inputs, job.dtype, job.engine)
    except (TpError, MemoryError):
        raise
    except Exception as problem:
        raise RuntimeError(f"{type(problem).__name__}: {problem}") from None
    return {name: np.asarray(values, np.float64) for name, values in found.items()}, time.monotonic() - start


def surroundings() -> tuple[str, dict[str, str]]:
    """The platform and the versions that decide numbers, where this is called."""
    from tp.interpret.backend import platform
    from tp.store.identity import versions

    return platform(), dict(versions())


@lru_cache(maxsize=4)
def _graph(text: str) -> Graph:
    """Kept, since the sampler knows its graphs by identity."""
    from tp.graph.text import parse_graph
    from tp.primitives import known

    found: Any = parse_graph(text, known())
    return found
