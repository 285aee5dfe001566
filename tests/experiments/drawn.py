"""Correlations of a graph in one call each, for tests that compare many of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from tp.experiments.at import At
from tp.experiments.correlations import Correlations
from tp.graph.graph import Graph
from tp.interpret.cost.path import Path


def sample(
    graph: Graph,
    quantities: Sequence[str],
    n: int,
    count: int,
    first: int,
    inputs: Mapping[str, np.ndarray],
    dtype: str = "float32",
    engine: str = "auto",
) -> dict[str, np.ndarray]:
    """Draws number ``first``, ``first`` + 1, ... of ``quantities`` [count] at width ``n``."""
    experiment = _kept(graph, tuple(quantities))
    experiment.inputs = inputs
    return experiment.draw(At(n, dtype, engine), first, count)


def chosen(graph: Graph, quantities: Sequence[str], n: int, engine: str = "auto") -> str:
    return _kept(graph, tuple(quantities)).engine(At(n, engine=engine)).name


def without(graph: Graph, quantities: Sequence[str], n: int, engine: str = "auto") -> tuple[str, ...]:
    return _kept(graph, tuple(quantities)).engine(At(n, engine=engine)).absent


def path(graph: Graph, quantities: Sequence[str], n: int, engine: str = "auto") -> Path:
    return Path(_kept(graph, tuple(quantities)).engine(At(n, engine=engine)).path)


def cost(graph: Graph, quantities: Sequence[str], n: int, engine: str = "auto") -> float:
    return _kept(graph, tuple(quantities)).cost(At(n, engine=engine))


def compilation(graph: Graph, quantities: Sequence[str], n: int, engine: str = "auto") -> float:
    return _kept(graph, tuple(quantities)).compilation(At(n, engine=engine))


def memory(graph: Graph, quantities: Sequence[str], n: int, dtype: str = "float32", engine: str = "auto") -> int:
    return _kept(graph, tuple(quantities)).memory(At(n, dtype, engine))


@lru_cache(maxsize=4)
def _kept(graph: Graph, quantities: tuple[str, ...]) -> Correlations:
    """Kept with its compiled programs, since tests ask for one width after another."""
    return Correlations("test", graph, quantities, {})
