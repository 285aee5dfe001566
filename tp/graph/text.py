"""The textual form of graphs: one line for each node; what is read back is equal to what was printed.

    widths n, m = 1/2*n^(1/2)
    rate n^(1/2)
    param W : [n | n] ~ normal(1.0) rate 1.0
    %0 = input(name=x, axes=[d=16]) : [d=16]  @ 3:5-3:21
    %1 = read(parameter=U) : [n, d=16]
    %2 = product(over=[d]) %1 %0 : [n]  @ 7:5-7:20 "h[1]"
    output f = %2
    name h = %2

Types are written out for the reader and checked when read. ``@`` gives the place in the source, with the file where
it is not the one named by the ``source`` line, and the label of the node.
"""

from __future__ import annotations

import json
from dataclasses import replace

from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Type, Width
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.nodes import Node
from tp.graph.parameter import Parameter, Structure
from tp.graph.reader import parse_graph
from tp.graph.spelling import settings, write, write_axes, write_axis, write_name, write_scale

__all__ = ["describe", "parse_graph", "print_computation", "print_graph"]


def print_graph(graph: Graph) -> str:
    """``graph`` as text. Raises ValueError for widths that the graph does not declare."""
    _check_widths(graph)
    spans = [*(p.span for p in graph.parameters.values()), *(graph[i].span for i in graph)]
    file = next((s.file for s in spans if s is not None), None)
    lines: list[str] = []
    if file is not None:
        lines.append(f"source {write(file, str)}")
    if graph.widths:
        lines.append("widths " + ", ".join(map(_width, graph.widths.values())))
    if graph.learning_rate != ONE:
        lines.append(f"rate {write_scale(graph.learning_rate)}")
    lines += [_parameter(p, file) for p in graph.parameters.values()]
    lines += [describe(graph[i], i, file) for i in graph]
    lines += [f"output {write_name(name)} = %{i}" for name, i in graph.outputs.items()]
    lines += [f"name {write_name(name)} = %{i}" for name, i in graph.names.items()]
    return "\n".join(lines) + "\n"


def print_computation(graph: Graph) -> str:
    """:func:`print_graph` of the nodes that outputs need, without names, labels and places in the source."""
    bare = GraphBuilder(
        graph.widths, {k: replace(p, span=None) for k, p in graph.parameters.items()}, graph.learning_rate
    )
    number: dict[int, int] = {}
    for i in graph.needed(list(graph.outputs.values())):
        node = graph[i]
        number[i] = bare.add(node.operation, *(number[j] for j in node.operands))
    bare.outputs.update((name, number[i]) for name, i in graph.outputs.items())
    return print_graph(bare.build())


def describe(node: Node, index: int, file: str | None = None) -> str:
    """One node as a line of text; ``file`` is the source file that need not be repeated."""
    inside = settings(node.operation)
    call = type(node.operation).keyword() + (f"({inside})" if inside else "")
    operands = "".join(f" %{i}" for i in node.operands)
    line = f"%{index} = {call}{operands} : {write_axes(node.type)}"
    if node.span is None and node.label is None:
        return line
    return line + "  @" + _place(node.span, file) + ("" if node.label is None else " " + json.dumps(node.label))


def _width(width: Width) -> str:
    name = write_name(width.name)
    factor = "" if width.factor == 1 else f"{width.factor}*"
    power = "n" if width.exponent == 1 else f"n^({width.exponent})"
    return name if (factor, power) == ("", name) else f"{name} = {factor}{power}"


def write_structure(structure: Structure) -> str:
    """As in ``sparse(n^(-1/2))``: the name and the sizes."""
    return f"{write_name(structure.name)}({', '.join(map(write_scale, structure.arguments))})"


def _parameter(parameter: Parameter, file: str | None) -> str:
    law = parameter.law
    arguments = [write_scale(law.scale)]
    if law.mean is not None:
        arguments.append(f"mean={write_scale(law.mean)}")
    if law.arguments:
        arguments.append(f"arguments={write(law.arguments, tuple[float, ...])}")
    if law.structure is not None:
        arguments.append(f"structure={write_structure(law.structure)}")
    sides = ", ".join(map(write_axis, parameter.outs))
    if parameter.ins:
        sides += (" | " if sides else "| ") + ", ".join(map(write_axis, parameter.ins))
    text = f"param {write_name(parameter.name)} : [{sides}] ~ {write_name(law.family)}({', '.join(arguments)})"
    if parameter.rate != ONE:
        text += f" rate {write_scale(parameter.rate)}"
    if parameter.decay is not None:
        text += f" decay {write_scale(parameter.decay)}"
    if parameter.noise:
        text += " noise"
    return text if parameter.span is None else text + "  @" + _place(parameter.span, file)


def _place(span: Span | None, file: str | None) -> str:
    if span is None:
        return ""
    where = f" {span.line}:{span.column}-{span.end_line}:{span.end_column}"
    return where if span.file == file else where + " in " + write(span.file, str)


def _check_widths(graph: Graph) -> None:
    for name, width in graph.widths.items():
        if name != width.name:
            raise ValueError(f"the width {width.name} is listed under the name {name}")
    for key, parameter in graph.parameters.items():
        if key != parameter.name:
            raise ValueError(f"the parameter {parameter.name} is listed under the name {key}")
    seen: list[Type] = [graph[i].type for i in graph]
    seen += [side for p in graph.parameters.values() for side in (p.outs, p.ins)]
    for axes in seen:
        for axis in axes:
            if isinstance(axis.size, Width) and graph.widths.get(axis.size.name) != axis.size:
                raise ValueError(
                    f"the axis {axis.name} has the width {axis.size.name}, which the graph does not declare"
                )
