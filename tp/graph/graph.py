"""The program graph: a networkx digraph of typed operations, built in topological order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import networkx as nx

from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Scale, Type, Width
from tp.graph.operation import Operation
from tp.graph.parameter import Parameter


@dataclass(frozen=True, slots=True)
class Node:
    """One operation with its operands, in order, and its type."""

    operation: Operation
    operands: tuple[int, ...]
    type: Type
    span: Span | None = None
    label: str | None = None


class Graph:
    """Typed operations over named parameters. Equal operations on equal operands are one node.

    Nodes are numbered in order of creation, which is a topological order; nothing is ever removed.
    """

    def __init__(
        self, widths: Mapping[str, Width], parameters: Mapping[str, Parameter], learning_rate: Scale = ONE
    ) -> None:
        self.widths: Mapping[str, Width] = dict(widths)
        self.parameters: Mapping[str, Parameter] = dict(parameters)
        self.learning_rate: Scale = learning_rate
        self.outputs: dict[str, int] = {}
        self.names: dict[str, int] = {}
        self.nx: nx.DiGraph = nx.DiGraph()
        self._nodes: list[Node] = []
        self._known: dict[tuple[Operation, tuple[int, ...]], int] = {}
        self._span: Span | None = None

    def __len__(self) -> int:
        return len(self._nodes)

    def __getitem__(self, index: int) -> Node:
        return self._nodes[index]

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self._nodes)))

    def type(self, index: int) -> Type:
        return self._nodes[index].type

    @contextmanager
    def at(self, span: Span | None) -> Iterator[None]:
        """Nodes added inside stem from the source at ``span``."""
        before, self._span = self._span, span or self._span
        try:
            yield
        finally:
            self._span = before

    def add(self, operation: Operation, *operands: int, label: str | None = None) -> int:
        """The node of ``operation`` on ``operands``, new or known. Raises ValueError on a type error."""
        key = (operation, operands)
        known = self._known.get(key)
        if known is not None:
            return known
        kind = operation.infer([self._nodes[i].type for i in operands], self.parameters)
        index = len(self._nodes)
        node = Node(operation, operands, kind, self._span, label)
        self._nodes.append(node)
        self._known[key] = index
        self.nx.add_node(index, node=node)
        self.nx.add_edges_from((i, index) for i in operands)
        return index

    def name(self, index: int, name: str) -> None:
        """Records that the source calls this node ``name``; its first name becomes the label, if it has none."""
        self.names[name] = index
        node = self._nodes[index]
        if node.label is None:
            self._nodes[index] = node = replace(node, label=name)
            self.nx.nodes[index]["node"] = node

    def empty_like(self) -> Graph:
        """A graph without nodes over the same widths and parameters."""
        return Graph(self.widths, self.parameters, self.learning_rate)

    def needed(self, roots: Sequence[int]) -> list[int]:
        """The nodes that ``roots`` depend on, themselves included, in topological order."""
        seen: set[int] = set()
        stack = list(roots)
        while stack:
            index = stack.pop()
            if index not in seen:
                seen.add(index)
                stack.extend(self._nodes[index].operands)
        return sorted(seen)
