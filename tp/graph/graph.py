"""The program graph: an immutable value, with named outputs and a networkx view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tp.graph.axes import ONE, Scale, Width
from tp.graph.nodes import Node, Nodes
from tp.graph.parameter import Parameter

if TYPE_CHECKING:
    import networkx


@dataclass(frozen=True)
class Graph(Nodes):
    """A finished graph, made by :class:`tp.graph.builder.GraphBuilder`.

    ``outputs`` and ``names`` map names to numbers of nodes. Equality compares all fields, and so the source
    positions of nodes, too. ``dataclasses.replace`` gives a graph with other outputs or names.
    """

    widths: Mapping[str, Width]
    parameters: Mapping[str, Parameter]
    learning_rate: Scale = ONE
    nodes: tuple[Node, ...] = ()  # pyright: ignore[reportIncompatibleVariableOverride]
    outputs: Mapping[str, int] = field(default_factory=dict[str, int])
    names: Mapping[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        for name in ("widths", "parameters", "outputs", "names"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __repr__(self) -> str:
        """What it consists of, in numbers: ``tp.print_graph`` prints the nodes."""
        outputs = ", ".join(self.outputs) or "none"
        return f"<Graph: {len(self.nodes)} nodes, {len(self.parameters)} parameters, outputs {outputs}>"

    @cached_property
    def _hash(self) -> int:
        return hash((self.nodes, tuple(self.parameters.values()), tuple(self.outputs.items())))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        tables = (dict(self.widths), dict(self.parameters)), (dict(self.outputs), dict(self.names))
        return Graph, (*tables[0], self.learning_rate, self.nodes, *tables[1])

    @cached_property
    def nx(self) -> networkx.DiGraph[int]:
        """The nodes as a digraph: an edge from every operand to its user. Node i of it is ``graph[i]``.

        Made when first asked for, because importing networkx takes longer than reading a program.
        """
        import networkx

        view: networkx.DiGraph[int] = networkx.DiGraph()
        for index in self:
            view.add_node(index)
            view.add_edges_from((i, index) for i in self.nodes[index].operands)
        return view

    def pruned(self) -> Graph:
        """The same graph without the nodes that no output and no name depends on; the rest in the same order."""
        kept = self.needed([*self.outputs.values(), *self.names.values()])
        number = {old: new for new, old in enumerate(kept)}
        return replace(
            self,
            nodes=tuple(replace(self[i], operands=tuple(number[j] for j in self[i].operands)) for i in kept),
            outputs={name: number[i] for name, i in self.outputs.items()},
            names={name: number[i] for name, i in self.names.items()},
        )
