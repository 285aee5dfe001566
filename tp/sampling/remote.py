"""What other processes are asked to do: plain data that can be pickled, and how draws are made of it."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tp.diagnostics.diagnostic import TpError
from tp.sampling.calls import Values

if TYPE_CHECKING:
    from tp.graph.graph import Graph


@dataclass(frozen=True)
class Job(ABC):
    """All that a draw depends on but the width and its number. ``graph`` is a graph's text."""

    graph: str
    dtype: str
    engine: str

    @abstractmethod
    def draw(self, n: int, first: int, count: int) -> Values:
        """``count`` draws at width ``n``, numbered from ``first``."""


@dataclass(frozen=True)
class Correlations(Job):
    """Draws of ``quantities`` at ``inputs``."""

    quantities: tuple[str, ...]
    inputs: Mapping[str, npt.NDArray[np.float64]]

    def draw(self, n: int, first: int, count: int) -> Values:
        from tp.experiments.correlations import sample

        return sample(graph_of(self.graph), self.quantities, n, count, first, self.inputs, self.dtype, self.engine)


def answer(job: Job, n: int, first: int, count: int) -> tuple[dict[str, npt.NDArray[np.float64]], float]:
    """The values of ``count`` draws at width ``n``, numbered from ``first``, and the seconds that they took.

    Raises TpError and MemoryError as the job does, and RuntimeError for all else: not every exception survives the way
    to another process.
    """
    start = time.monotonic()
    try:
        found = job.draw(n, first, count)
    except (TpError, MemoryError):
        raise
    except Exception as problem:
        raise RuntimeError(f"{type(problem).__name__}: {problem}") from None
    return {name: np.asarray(values, np.float64) for name, values in found.items()}, time.monotonic() - start


def surroundings() -> tuple[str, dict[str, str]]:
    """The platform and the versions that decide numbers, where this is called."""
    from tp.interpret.arrays.backend import platform
    from tp.store.identity import versions

    return platform(), dict(versions())


@lru_cache(maxsize=4)
def graph_of(text: str) -> Graph:
    """The graph that ``text`` spells. It is kept, since samplers know their graphs by identity."""
    from tp.graph.text import parse_graph
    from tp.primitives import known

    found: Any = parse_graph(text, known())
    return found
