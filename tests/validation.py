"""Checks of a graph: types of nodes, topological order, sharing of nodes, declarations, outputs."""

from __future__ import annotations

from collections.abc import Iterator

from tp.diagnostics.diagnostic import Diagnostic
from tp.diagnostics.span import Span
from tp.graph.axes import Type, Width, names, show, wide
from tp.graph.graph import Graph


def validate(graph: Graph) -> list[Diagnostic]:
    """All faults of ``graph``, in order; an empty list if there are none.

    TP702: a node whose type is not what its operation gives; TP703: a broken structure; TP704: a wide output.
    """
    return [*_declarations(graph), *_structure(graph), *_types(graph), *_ends(graph)]


def _declarations(graph: Graph) -> Iterator[Diagnostic]:
    for name, width in graph.widths.items():
        if name != width.name:
            yield Diagnostic("TP703", f"the width {width.name} is listed as {name}")
        if width.exponent <= 0 or width.factor <= 0:
            yield Diagnostic("TP703", f"the width {name} does not grow with n")
    for name, parameter in graph.parameters.items():
        if name != parameter.name:
            yield Diagnostic("TP703", f"the parameter {parameter.name} is listed as {name}", parameter.span)
        for side in (parameter.outs, parameter.ins):
            yield from _axes(graph, side, f"the parameter {name}", parameter.span)


def _axes(graph: Graph, axes: Type, who: str, span: Span | None) -> Iterator[Diagnostic]:
    if len(set(names(axes))) < len(axes):
        yield Diagnostic("TP703", f"{who} has an axis twice: {show(axes)}", span)
    for axis in axes:
        if isinstance(axis.size, Width):
            if graph.widths.get(axis.size.name) != axis.size:
                yield Diagnostic("TP703", f"{who} has an axis of the undeclared width {axis.size.name}", span)
        elif axis.size < 1:
            yield Diagnostic("TP703", f"{who} has an empty axis {axis}", span)


def _structure(graph: Graph) -> Iterator[Diagnostic]:
    import networkx as nx

    if sorted(graph.nx.nodes) != list(graph) or not nx.is_directed_acyclic_graph(graph.nx):
        yield Diagnostic("TP703", "the nodes do not form a directed graph without cycles")
        return
    seen: dict[object, int] = {}
    for index in graph:
        node = graph[index]
        if any(not 0 <= i < index for i in node.operands):
            yield Diagnostic("TP703", f"%{index} stands before one of its operands", node.span)
        if set(graph.nx.predecessors(index)) != set(node.operands):
            yield Diagnostic("TP703", f"the edges into %{index} are not its operands", node.span)
        first = seen.setdefault((node.operation, node.operands), index)
        if first != index:
            yield Diagnostic("TP703", f"%{index} repeats %{first}", node.span)


def _types(graph: Graph) -> Iterator[Diagnostic]:
    for index in graph:
        node = graph[index]
        yield from _axes(graph, node.type, f"%{index}", node.span)
        if any(not 0 <= i < len(graph) for i in node.operands):
            continue  # reported by the structure
        what = f"%{index} = {type(node.operation).keyword()}"
        try:
            kind = node.operation.infer([graph.type(i) for i in node.operands], graph.parameters)
        except (ValueError, LookupError, TypeError) as problem:
            yield Diagnostic("TP702", f"{what}: {problem}", node.span)
            continue
        if kind != node.type:
            yield Diagnostic("TP702", f"{what} has the type {show(kind)}, not {show(node.type)}", node.span)


def _ends(graph: Graph) -> Iterator[Diagnostic]:
    for what, table in (("output", graph.outputs), ("name", graph.names)):
        for name, index in table.items():
            if not 0 <= index < len(graph):
                yield Diagnostic("TP703", f"the {what} {name} is no node of the graph")
            elif what == "output" and wide(graph.type(index)):
                yield Diagnostic(
                    "TP704",
                    f"the output {name} is wide: {show(graph.type(index))}",
                    graph[index].span,
                    "contract its wide axes with dot, mean or norm",
                )
