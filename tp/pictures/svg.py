"""Graphs as SVG pictures: boxes in layers, coloured by kind (weight, wide value, finite value).

Boxes are opaque with dark text and the lines between them are of a middle grey, so a picture reads on light and on
dark pages. Parts have classes, so that a page can give them colours of its own. Shapes repeat what colours say: wide
boxes have square corners, finite ones round, weights broken outlines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from tp.graph.graph import Graph
from tp.graph.text import describe
from tp.pictures.captions import Caption, Kind, captions, drawn
from tp.pictures.layout import Layout, layered

_LINE = 15.0
_LETTER = 6.7
_PAD = 9.0
_GAP = 18.0
_RISE = 36.0
_SLIM = 8.0
_MARGIN = 16.0
_LEGEND_HEIGHT = 52.0
_LEGEND_WIDTH = 430.0
_GREY = "#7c8798"
_COLOURS = {
    Kind.PARAMETER: ("#d1fae5", "#047857"),
    Kind.WIDE: ("#dbeafe", "#1d4ed8"),
    Kind.FINITE: ("#fef3c7", "#b45309"),
}
_ROUND = {Kind.PARAMETER: 14.0, Kind.WIDE: 0.0, Kind.FINITE: 9.0}


def to_svg(graph: Graph) -> str:
    """``graph`` as one self-contained SVG document, operands above their users."""
    nodes = drawn(graph)
    places = {index: place for place, index in enumerate(nodes)}
    shown = captions(graph, nodes)
    operands = [[places[i] for i in graph[index].operands] for index in nodes]
    layout = layered(operands, [_width(c) for c in shown], _GAP, _SLIM)
    boxes, rows = _boxes(layout, shown)
    right = max([_LEGEND_WIDTH, *(b.x + b.width / 2 for b in boxes), *(x for p in layout.bends.values() for x, _ in p)])
    bottom = max([_LEGEND_HEIGHT, *(b.top + b.height for b in boxes)])
    body = [_legend()]
    for target, sources in enumerate(operands):
        body += _edges(target, sources, layout, boxes, rows)
    body += [_box(c, b, describe(graph[i], i)) for i, c, b in zip(nodes, shown, boxes, strict=True)]
    size = f"{right + 2 * _MARGIN:.0f}", f"{bottom + _MARGIN:.0f}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="graph of {len(nodes)} nodes" '
        f'width="{size[0]}" height="{size[1]}" '
        f'viewBox="{-_MARGIN:g} 0 {size[0]} {size[1]}" font-family="ui-monospace, Menlo, Consolas, '
        '\'DejaVu Sans Mono\', monospace" font-size="11" text-anchor="middle">'
    )
    return "\n".join([head, *body, "</svg>"]) + "\n"


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    top: float
    width: float
    height: float


def _texts(caption: Caption) -> list[str]:
    return [*caption.names, caption.operation, caption.type]


def _width(caption: Caption) -> float:
    return max(map(len, _texts(caption))) * _LETTER + 2 * _PAD


def _boxes(layout: Layout, shown: Sequence[Caption]) -> tuple[list[_Box], list[tuple[float, float]]]:
    """The boxes, and top and bottom of every row."""
    heights = [len(_texts(c)) * _LINE + 8.0 for c in shown]
    rows: list[tuple[float, float]] = []
    top = _LEGEND_HEIGHT
    for number in range(layout.layers):
        tall = max((h for h, row in zip(heights, layout.layer, strict=True) if row == number), default=0.0)
        rows.append((top, top + tall))
        top += tall + _RISE
    boxes = [
        _Box(x, rows[row][0], _width(c), h) for x, row, c, h in zip(layout.x, layout.layer, shown, heights, strict=True)
    ]
    return boxes, rows


def _edges(
    target: int, sources: Sequence[int], layout: Layout, boxes: Sequence[_Box], rows: Sequence[tuple[float, float]]
) -> list[str]:
    """The lines into one box, ending side by side on its upper edge, numbered where there are several operands."""
    box = boxes[target]

    def comes_from(source: int) -> float:
        bends = layout.bends[source, target]
        return bends[-1][0] if bends else boxes[source].x

    out: list[str] = []
    ends = sorted(dict.fromkeys(sources), key=comes_from)
    for place, source in enumerate(ends):
        start = boxes[source]
        end = box.x + box.width * ((place + 1) / (len(ends) + 1) - 0.5), box.top
        points = [(start.x, start.top + start.height)]
        points += [(x, y) for x, row in layout.bends[source, target] for y in rows[row]]
        out.append(f'<path class="edge" d="{_curve([*points, end])}" fill="none" stroke="{_GREY}" stroke-width="1.3"/>')
        tip = f"M{end[0]:.1f},{end[1]:.1f}l-3.5,-7h7z"
        out.append(f'<path class="tip" d="{tip}" fill="{_GREY}"/>')
        if len(sources) > 1:
            marks = ",".join(str(i + 1) for i, s in enumerate(sources) if s == source)
            place = f'x="{end[0] + 8:.1f}" y="{end[1] - 4:.1f}"'
            out.append(f'<text class="tip" {place} font-size="9" fill="{_GREY}">{marks}</text>')
    return out


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """A smooth line downwards: straight inside rows, bent between them."""
    path = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        if abs(x0 - x1) < 0.05:
            path += f"V{y1:.1f}"
        else:
            middle = (y0 + y1) / 2
            path += f"C{x0:.1f},{middle:.1f} {x1:.1f},{middle:.1f} {x1:.1f},{y1:.1f}"
    return path


def _box(caption: Caption, box: _Box, title: str) -> str:
    fill, stroke = _COLOURS[caption.kind]
    outline = f'fill="{fill}" stroke="{stroke}" stroke-width="{3 if caption.output else 1.4}"'
    if caption.kind is Kind.PARAMETER:
        outline += ' stroke-dasharray="5 3"'
    left = box.x - box.width / 2
    out = [
        f'<g class="{caption.kind.value}"><title>{escape(title)}</title>',
        f'<rect x="{left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
        f'rx="{_ROUND[caption.kind]:g}" {outline}/>',
    ]
    if caption.applies:
        green = _COLOURS[Kind.PARAMETER][1]
        place = f'x="{left:.1f}" y="{box.top:.1f}" width="5" height="{box.height:.1f}"'
        out.append(f'<rect class="applied" {place} fill="{green}"/>')
    for row, text in enumerate(_texts(caption)):
        style = ' font-weight="bold"' if row < len(caption.names) else ""
        if row == len(caption.names) + 1:
            style = ' opacity="0.75"'
        y = box.top + 4.0 + _LINE * (row + 0.75)
        out.append(f'<text x="{box.x:.1f}" y="{y:.1f}" fill="#111827"{style}>{escape(text)}</text>')
    return "".join([*out, "</g>"])


def _legend() -> str:
    """One sample box for each way a node can look."""
    samples = [(k.value, k, False, False) for k in (Kind.WIDE, Kind.FINITE, Kind.PARAMETER)]
    samples += [("weight applied", Kind.WIDE, True, False), ("output", Kind.FINITE, False, True)]
    out: list[str] = []
    left = 0.0
    for word, kind, applies, output in samples:
        width = len(word) * _LETTER + 2 * _PAD
        box = _Box(left + width / 2, 8.0, width, _LINE + 6.0)
        out.append(_box(Caption((), word, "", kind, applies, output), box, word))
        left += width + 8.0
    return "\n".join(out)
