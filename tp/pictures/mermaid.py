"""Graphs as Mermaid flow charts, for Markdown pages."""

from __future__ import annotations

from tp.graph.graph import Graph
from tp.pictures.captions import Caption, Kind, captions, drawn

# Fills are opaque and the text on them is dark, so a chart reads the same on a light and on a dark page.
_STYLES = {
    Kind.PARAMETER: "fill:#d1fae5,stroke:#047857,color:#111827,stroke-dasharray:5 3",
    Kind.WIDE: "fill:#dbeafe,stroke:#1d4ed8,color:#111827,stroke-width:2px",
    Kind.FINITE: "fill:#fef3c7,stroke:#b45309,color:#111827",
}
_SHAPES = {Kind.PARAMETER: ("([", "])"), Kind.WIDE: ("[", "]"), Kind.FINITE: ("(", ")")}


def to_mermaid(graph: Graph) -> str:
    """``graph`` as the text of a Mermaid flow chart, operands above their users."""
    nodes = drawn(graph)
    shown = captions(graph, nodes)
    lines = ["flowchart TD"]
    for index, caption in zip(nodes, shown, strict=True):
        opening, closing = _SHAPES[caption.kind]
        lines.append(f'  n{index}{opening}"{_label(caption)}"{closing}:::{caption.kind.value}')
    for index in nodes:
        operands = graph[index].operands
        marks = [f"|{place}|" if len(set(operands)) > 1 else "" for place in range(1, len(operands) + 1)]
        lines += [f"  n{i} -->{mark} n{index}" for i, mark in zip(operands, marks, strict=True)]
    lines += [f"  classDef {kind.value} {style}" for kind, style in _STYLES.items()]
    applying = [f"n{i}" for i, c in zip(nodes, shown, strict=True) if c.applies]
    ends = [f"n{i}" for i, c in zip(nodes, shown, strict=True) if c.output]
    if applying:
        lines += ["  classDef weight stroke:#047857,stroke-width:3px", f"  class {','.join(applying)} weight"]
    if ends:
        lines += ["  classDef result stroke-width:4px", f"  class {','.join(ends)} result"]
    return "\n".join(lines) + "\n"


def _label(caption: Caption) -> str:
    rows = [f"<b>{_escaped(n)}</b>" for n in caption.names]
    return "<br/>".join([*rows, _escaped(caption.operation), _escaped(caption.type)])


def _escaped(text: str) -> str:
    """Everything but letters, digits and harmless marks as Mermaid's numbered entities."""
    return "".join(c if c.isalnum() or c in " _.,=+-/()[]^:~'…" else f"#{ord(c)};" for c in text)
