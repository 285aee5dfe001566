"""Graphs as SVG pictures: boxes in layers, one colour for what grows with n and one for what does not.

Boxes are opaque with dark text and the lines between them are of a middle grey, so a picture reads on light and on
dark pages. Shapes repeat what colours say: wide boxes have square corners, finite ones round, weights broken outlines.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tp.graph.captions import Caption, Kind, captions
from tp.graph.graph import Graph
from tp.graph.layout import Layout, layered
from tp.graph.text import describe

_LINE = 15.0
_LETTER = 6.7
_PAD = 9.0
_GAP = 18.0
_RISE = 44.0
_MARGIN = 16.0
_LEGEND = 34.0
_COLOURS = {
    Kind.PARAMETER: ("#d1fae5", "#047857"),
    Kind.WIDE: ("#dbeafe", "#1d4ed8"),
    Kind.FINITE: ("#fef3c7", "#b45309"),
}
_ROUND = {Kind.PARAMETER: 14.0, Kind.WIDE: 0.0, Kind.FINITE: 9.0}
_MEANING = {Kind.WIDE: "wide", Kind.FINITE: "finite", Kind.PARAMETER: "weight"}


def to_svg(graph: Graph) -> str:
    """``graph`` as one self-contained SVG document, operands above what is made of them."""
    shown = captions(graph)
    widths = [_width(c) for c in shown]
    operands = [graph[i].operands for i in graph]
    layout = layered(operands, widths, _GAP, 10.0)
    tops, heights, bottom = _rows(layout, shown)
    right = max((x + w / 2 for x, w in zip(layout.x, widths, strict=True)), default=0.0)
    right = max([right, *(x for bends in layout.bends.values() for x, _ in bends), 330.0])
    size = (right + 2 * _MARGIN, bottom + _MARGIN)
    body = [_legend()]
    for (source, target), bends in layout.bends.items():
        points = [(layout.x[source], tops[layout.layer[source]] + heights[source])]
        points += [point for x, row in bends for point in _passage(x, row, tops, layout, heights)]
        ends = sorted(layout.bends[pair][-1][0] if layout.bends[pair] else layout.x[pair[0]] for pair in _into(target, operands))
        mine = bends[-1][0] if bends else layout.x[source]
        points.append((_end(layout.x[target], widths[target], ends.index(mine), len(ends)), tops[layout.layer[target]]))
        body.append(_edge(points, [i + 1 for i, s in enumerate(operands[target]) if s == source], len(operands[target])))
    for i, caption in enumerate(shown):
        body.append(_box(caption, layout.x[i], tops[layout.layer[i]], widths[i], heights[i], describe(graph[i], i)))
    return _document(size, body)
