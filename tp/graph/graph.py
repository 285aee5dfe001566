"""The program graph: typed operations in topological order, with a networkx view of them."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Scale, Type, Width
from tp.graph.operation import Operation
from tp.graph.parameter import Parameter

if TYPE_CHECKING:
    import networkx


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
        self._nodes: list[Node] = []
        self._view: networkx.DiGraph[int] | None = None
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

    @property
    def nx(self) -> networkx.DiGraph[int]:
        """The nodes as a digraph: an edge from every operand to its user. What a number means is ``graph[number]``.

        Made when first asked for, because importing networkx takes longer than reading a program.
        """
        if self._view is None:
            import networkx

            self._view = networkx.DiGraph()
        for index in range(len(self._view), len(self._nodes)):
            self._view.add_node(index)
            self._view.add_edges_from((i, index) for i in self._nodes[index].operands)
        return self._view

    @contextmanager
    def at(self, span: Span | None) -> Generator[None]:
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
        return index

    def name(self, index: int, name: str) -> None:
        """Records that the source calls this node ``name``; its first name becomes the label, if it has none."""
        self.names[name] = index
        if self._nodes[index].label is None:
            self._nodes[index] = replace(self._nodes[index], label=name)

    def empty_like(self) -> Graph:
        """A graph without nodes over the same widths and parameters."""
        return Graph(self.widths, self.parameters, self.learning_rate)

    def pruned(self) -> Graph:
        """A copy without the nodes that no output and no name depends on; the rest in the same order."""
        kept = self.needed([*self.outputs.values(), *self.names.values()])
        number = {old: new for new, old in enumerate(kept)}
        graph = self.empty_like()
        for index in kept:
            node = self._nodes[index]
            operands = tuple(number[i] for i in node.operands)
            graph._known[node.operation, operands] = len(graph._nodes)
            graph._nodes.append(replace(node, operands=operands))
        graph.outputs = {name: number[i] for name, i in self.outputs.items()}
        graph.names = {name: number[i] for name, i in self.names.items()}
        return graph

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
