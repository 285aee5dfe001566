"""Hashes of graphs and arrays, and graphs that can be pickled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tp.graph.graph import Graph
from tp.graph.reader import parse_graph
from tp.graph.text import print_computation
from tp.primitives import known


class WrittenGraph:
    """A graph that is hashed and pickled as its text, from which it is parsed at its first use.

    The text has the operations that the outputs need, without names of nodes, labels and places in the source.
    """

    def __init__(self, source: Graph | str) -> None:
        self._source = source

    @cached_property
    def graph(self) -> Graph:
        """The graph: the given one, or the one that the text describes."""
        return parse_graph(self._source, known()) if isinstance(self._source, str) else self._source

    @cached_property
    def text(self) -> str:
        return self._source if isinstance(self._source, str) else print_computation(self._source)

    @property
    def digest(self) -> str:
        """The SHA-256 of the text, in hexadecimal digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def __reduce__(self) -> tuple[type[WrittenGraph], tuple[str]]:
        return WrittenGraph, (self.text,)


def written(graph: Graph | WrittenGraph) -> WrittenGraph:
    """``graph`` as something that can be pickled."""
    return graph if isinstance(graph, WrittenGraph) else WrittenGraph(graph)


def arrays_hash(arrays: Mapping[str, npt.NDArray[Any]]) -> str:
    """The SHA-256 of names, shapes, dtypes and all entries, in hexadecimal digits, whatever the order of the names."""
    found = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        plain = np.ascontiguousarray(array)
        plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
        found.update(f"{len(name)} {name} {plain.dtype.str} {plain.shape} ".encode())
        found.update(plain.tobytes())
    return found.hexdigest()
