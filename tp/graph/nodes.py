"""Nodes in topological order, read-only: the common base of a finished graph and of a graph builder."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tp.diagnostics.span import Span
from tp.graph.axes import Scale, Type, Width
from tp.graph.operation import Operation
from tp.graph.parameter import Parameter


@dataclass(frozen=True, slots=True)
class Node:
    """One operation, the numbers of its operands, its type, its position in the source and its name there."""

    operation: Operation
    operands: tuple[int, ...]
    type: Type
    span: Span | None = None
    label: str | None = None


class Nodes:
    """Typed operations over named widths and parameters; ``learning_rate`` is the global learning rate.

    Nodes are numbered 0, 1, ... in an order in which operands come before their users.
    """

    widths: Mapping[str, Width]
    parameters: Mapping[str, Parameter]
    learning_rate: Scale
    nodes: Sequence[Node]

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, index: int) -> Node:
        return self.nodes[index]

    def __iter__(self) -> Iterator[int]:
        """The numbers of all nodes, in order."""
        return iter(range(len(self.nodes)))

    def type(self, index: int) -> Type:
        """The axes of the value of node ``index``."""
        return self.nodes[index].type

    def needed(self, roots: Sequence[int], known: Container[int] = ()) -> list[int]:
        """The nodes that ``roots`` depend on, themselves included, in topological order.

        Nodes that are ``known`` are left out, with all that is needed for them alone.
        """
        seen: set[int] = set()
        stack = [root for root in roots if root not in known]
        while stack:
            index = stack.pop()
            if index not in seen:
                seen.add(index)
                stack.extend(i for i in self.nodes[index].operands if i not in known)
        return sorted(seen)
