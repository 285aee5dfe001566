"""Hashes of graphs and arrays, and graphs that can be pickled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from tp.graph.graph import Graph
from tp.graph.mapping import MapOperation
from tp.graph.reader import parse_graph
from tp.graph.text import print_computation
from tp.maps import files as files_of
from tp.maps import restore
from tp.ndarray import NDArray
from tp.primitives import known


class WrittenGraph:
    """A graph that is hashed and pickled as its text, from which it is parsed at its first use.

    The text has the operations that the outputs need, without names of nodes, labels and places in the source.
    """

    def __init__(self, source: Graph | str, files: Mapping[str, str] | None = None) -> None:
        """``files`` are those of functions of maps in a text, by key. Raises TpError TP622 where they have changed."""
        self._source = source
        if files:
            restore(files)

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

    @cached_property
    def _functions(self) -> frozenset[str]:
        """The keys of the functions of maps."""
        operations = (self.graph[i].operation for i in self.graph)
        return frozenset(o.function for o in operations if isinstance(o, MapOperation))

    @property
    def shared(self) -> bool:
        """Whether another process can have the graph: not with functions of maps that are in no file."""
        return len(files_of(self._functions)) == len(self._functions)

    def __reduce__(self) -> tuple[type[WrittenGraph], tuple[str, dict[str, str]]]:
        return WrittenGraph, (self.text, files_of(self._functions))


def written(graph: Graph | WrittenGraph) -> WrittenGraph:
    """``graph`` as something that can be pickled."""
    return graph if isinstance(graph, WrittenGraph) else WrittenGraph(graph)


def arrays_hash(arrays: Mapping[str, NDArray[Any]]) -> str:
    """The SHA-256 of names, shapes, dtypes and all entries, in hexadecimal digits, whatever the order of the names."""
    found = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        plain = np.ascontiguousarray(array)
        plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
        found.update(f"{len(name)} {name} {plain.dtype.str} {plain.shape} ".encode())
        found.update(plain.tobytes())
    return found.hexdigest()
