"""Graphs as text and as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tp.graph.graph import Graph

PICTURES = ("text", "mermaid", "svg")


def print_graph(graph: Graph) -> str:
    """``graph`` as text, one line a node, as ``tp graph`` prints it. :func:`parse_graph` reads it back."""
    from tp.graph.text import print_graph

    return print_graph(graph)


def parse_graph(text: str) -> Graph:
    """The graph that :func:`print_graph` wrote.

    Raises:
        TpError: with the place in ``text`` that is malformed or ill-typed.
    """
    from tp.graph.reader import parse_graph
    from tp.primitives import known

    return parse_graph(text, known())


def draw_graph(graph: Graph, form: str = "svg") -> str:
    """``graph`` as ``"mermaid"`` (a flowchart), ``"svg"`` or ``"text"``. Raises ValueError for another form."""
    if form == "mermaid":
        from tp.pictures.mermaid import to_mermaid

        return to_mermaid(graph)
    if form == "svg":
        from tp.pictures.svg import to_svg

        return to_svg(graph)
    if form == "text":
        return print_graph(graph)
    raise ValueError(f"a graph is drawn as {', '.join(PICTURES)}, not as {form}")
