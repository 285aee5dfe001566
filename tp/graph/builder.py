"""A graph under construction."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Scale, Width
from tp.graph.graph import Graph
from tp.graph.nodes import Node, Nodes
from tp.graph.operation import Operation
from tp.graph.parameter import Parameter


class GraphBuilder(Nodes):
    """Adds nodes one by one. Equal operations on equal operands are one node; nothing is ever removed."""

    def __init__(
        self,
        widths: Mapping[str, Width] | None = None,
        parameters: Mapping[str, Parameter] | None = None,
        learning_rate: Scale = ONE,
    ) -> None:
        self._widths = dict(widths or {})
        self._parameters = dict(parameters or {})
        self._nodes: list[Node] = []
        self._known: dict[tuple[Operation, tuple[int, ...]], int] = {}
        self._span: Span | None = None
        self.widths = self._widths
        self.parameters = self._parameters
        self.learning_rate = learning_rate
        self.nodes = self._nodes
        self.outputs: dict[str, int] = {}
        self.names: dict[str, int] = {}

    @classmethod
    def like(cls, nodes: Nodes) -> GraphBuilder:
        """A builder without nodes over the widths, parameters and learning rate of ``nodes``."""
        return cls(nodes.widths, nodes.parameters, nodes.learning_rate)

    def build(self) -> Graph:
        """The graph of everything added so far."""
        return Graph(self._widths, self._parameters, self.learning_rate, tuple(self._nodes), self.outputs, self.names)

    def declare(self, declared: Width | Parameter) -> None:
        """Adds a width or a parameter under its own name. Nodes added later may use it."""
        if isinstance(declared, Width):
            self._widths[declared.name] = declared
        else:
            self._parameters[declared.name] = declared

    @contextmanager
    def at(self, span: Span | None) -> Generator[None]:
        """Inside the context new nodes get the source position ``span``; None keeps that of the outer context."""
        before, self._span = self._span, span or self._span
        try:
            yield
        finally:
            self._span = before

    def add(self, operation: Operation, *operands: int, label: str | None = None) -> int:
        """The number of the node of ``operation`` on ``operands``, new or known. Raises ValueError on a type error."""
        key = (operation, operands)
        known = self._known.get(key)
        if known is not None:
            return known
        kind = operation.infer([self._nodes[i].type for i in operands], self._parameters)
        index = len(self._nodes)
        self._nodes.append(Node(operation, operands, kind, self._span, label))
        self._known[key] = index
        return index

    def name(self, index: int, name: str) -> None:
        """Records ``name`` as a name of node ``index`` in the source. A node without a label gets it as its label."""
        self.names[name] = index
        if self._nodes[index].label is None:
            self._nodes[index] = replace(self._nodes[index], label=name)
