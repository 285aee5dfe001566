"""A chart as inline SVG: no script, no colours (:mod:`tp.report.drawn.style` has them).

Texts are escaped. The picture scales to the width that it is given, and its labels stay readable on a phone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from zlib import crc32

from tp.report.chart import Chart, Panel, Series
from tp.report.drawn.legend import listed
from tp.report.drawn.scale import Scale, dotted, horizontal, vertical
from tp.report.drawn.style import SHADES
from tp.report.render.text import escaped

WIDE = 320
"""The width of the picture, in units of its view box: CSS pixels on a narrow phone."""
LEFT, RIGHT = 46, 312
"""The ends of the panels."""
HIGH = (170, 76)
"""Heights of the first panel and of the others."""
LINE = 15
"""The height of a line of text."""
LETTER = 5.6
"""The mean width of a letter."""
ACROSS = 5
"""About the number of ticks of the horizontal axis."""
KEY = 20
"""The width of the mark in front of a name in the legend."""


def svg(chart: Chart, key: str = "") -> str:
    """The element ``<svg>`` of ``chart``. ``key`` tells it from another picture of the same chart in one page."""
    identity = f"tp{crc32(repr(chart).encode(errors='replace')):08x}{key}"
    body: list[str] = []
    across, bottom, middle = horizontal(chart), 0.0, (LEFT + RIGHT) / 2
    for number, panel in enumerate(chart.panels):
        top = bottom + LINE + (8 if number else 0)
        bottom = top + HIGH[min(number, len(HIGH) - 1)]
        body += _panel(panel, across, top, bottom, f"{identity}-{number}")
    if chart.panels[0].series:
        body += (_text(LEFT + at * (RIGHT - LEFT), bottom + 12, label, "middle") for at, label in across.ticks(ACROSS))
    else:
        body.append(_text(middle, LINE + HIGH[0] / 2, chart.note, "middle"))
    bottom += 2 * LINE
    body.append(_text(middle, bottom, _cut(chart.x.label, (RIGHT - LEFT) / LETTER), "middle"))
    legend, bottom = _legend(chart, bottom + LINE + 3)
    return (
        f'<svg class="tp-chart" role="img" aria-labelledby="{identity}-t {identity}-d" '
        f'viewBox="0 0 {WIDE} {_number(bottom)}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{identity}-t">{_escaped(chart.title)}</title>'
        f'<desc id="{identity}-d">{_escaped(" ".join((chart.description, *chart.remarks)))}</desc>'
        f"{''.join(body)}{''.join(legend)}</svg>"
    )


def _panel(panel: Panel, across: Scale, top: float, bottom: float, clip: str) -> Iterator[str]:
    """A panel with the vertical axis; both axes have grid lines if there is a series.

    ``clip`` is a name in the page for what cuts off lines where the axis ends before them.
    """
    up = vertical(panel)
    wide, high = RIGHT - LEFT, bottom - top
    columns = [at * wide for at, _ in across.ticks(ACROSS)] if panel.series else []
    rows = [(high - at * high, label) for at, label in up.ticks(6 if high > 100 else 4)] if panel.series else []
    yield _text(2, top - 5, _cut(panel.y.label, WIDE / LETTER))
    lines = [f"M{_number(LEFT + x)} {_number(top)}v{_number(high)}" for x in columns]
    lines += [f"M{LEFT} {_number(top + y)}h{wide}" for y, _ in rows]
    yield _path("".join(lines), "grid") if lines else ""
    yield _path(f"M{LEFT} {_number(top)}V{_number(bottom)}H{RIGHT}", "frame")
    yield from (_text(LEFT - 4, top + y + 3.5, label, "end") for y, label in rows)
    # A path and not an inner <svg>: style sheets of notebooks change the size of every <svg>.
    cut = panel.y.low is not None or panel.y.high is not None
    yield f'<clipPath id="{clip}">{_path(f"M0 0H{wide}V{_number(high)}H0Z")}</clipPath>' if cut else ""
    within = f' clip-path="url(#{clip})"' if cut else ""
    places = _Places(across, up, wide, high)
    groups = (_group(series, _paths(series, places, dotted(panel))) for series in panel.series)
    yield f'<g transform="translate({LEFT} {_number(top)})"{within}>{"".join(groups)}</g>'


class _Places:
    """Coordinates within a panel."""

    def __init__(self, across: Scale, up: Scale, wide: float, high: float) -> None:
        self._across, self._up, self._wide, self._high = across, up, wide, high

    def x(self, value: float) -> str:
        return _number(_within(self._across.at(value)) * self._wide)

    def y(self, value: float) -> str:
        return _number((1 - _within(self._up.at(value))) * self._high)

    def points(self, x: Sequence[float], y: Sequence[float]) -> list[str]:
        return [f"{self.x(a)} {self.y(b)}" for a, b in zip(x, y, strict=True)]


def _within(place: float) -> float:
    """A ``place`` far outside is moved closer: it is cut off anyway, and some programs refuse larger coordinates."""
    return min(max(place, -1e4), 1e4)


def _paths(series: Series, to: _Places, dotted: bool) -> str:
    match series.role:
        case "draws" | "median":
            return _dots(to.points(series.x, series.y), "")
        case "interval":
            bars = zip(series.x, series.low, series.high, strict=True)
            return _path("".join(f"M{to.x(x)} {to.y(low)}V{to.y(high)}" for x, low, high in bars))
        case "predicted":
            return _path(_line(to.points(series.x, series.y)))
        case "curve":
            points = to.points(series.x, series.y)
            return _path(_line(points)) + (_dots(points) if dotted else "")
        case "band":
            edge = to.points(series.x, series.high) + to.points(series.x, series.low)[::-1]
            return _path(f"{_line(edge)}Z")
        case "best":
            bars = zip(series.y, series.low, series.high, strict=True)
            across = _path("".join(f"M{to.x(low)} {to.y(y)}H{to.x(high)}" for y, low, high in bars))
            return across + _dots(to.points(series.x, series.y))


def _group(series: Series, paths: str) -> str:
    """The ``paths`` of a series, with its name for those who point at it."""
    name = f"<title>{_escaped(series.name)}</title>" if series.name else ""
    return f'<g class="{_classes(series)}">{name}{paths}</g>'


def _classes(series: Series) -> str:
    shade = "" if series.shade is None else f" s{round(series.shade * (SHADES - 1))}"
    return f"{series.role}{shade}"


def _path(d: str, mark: str = "") -> str:
    named = f' class="{mark}"' if mark else ""
    return f'<path{named} d="{d}"/>'


def _line(points: Sequence[str]) -> str:
    return f"M{'L'.join(points)}"


def _dots(points: Sequence[str], mark: str = "dots") -> str:
    """Points as lines without length, whose round ends are dots: the shortest way to write them."""
    return _path("".join(f"M{point}h0" for point in points), mark)


def _legend(chart: Chart, y: float) -> tuple[list[str], float]:
    """Marks and names in lines below ``y``, and where they end."""
    series, more = listed(chart)
    entries = [(one.name, _mark(one)) for one in series]
    entries += [(f"and {more} more", "")] if more else []
    found: list[str] = []
    x = 4.0
    for full, mark in entries:
        name = _cut(full, (WIDE - KEY) / LETTER)
        wide = (KEY if mark else 0) + LETTER * len(name) + 10
        if x > 4 and x + wide > WIDE:
            x, y = 4.0, y + LINE
        found.append(f'<g transform="translate({_number(x)} {_number(y - 3.5)})">{mark}</g>' if mark else "")
        found.append(_text(x + (KEY if mark else 0), y, name))
        x += wide
    return found, y + 5 if entries else y - LINE


def _cut(name: str, most: float) -> str:
    """``name``, or its start where it is longer than a line; those who point at the series see it whole."""
    return name if len(name) <= most else f"{name[: int(most) - 1]}…"


def _mark(series: Series) -> str:
    path = {
        "draws": _dots(["8 0"], ""),
        "median": _dots(["8 0"], ""),
        "interval": _path("M8 -5V5"),
        "band": _path("M1 -4H15V4H1Z"),
        "best": _dots(["8 0"]) + _path("M1 0H15"),
    }.get(series.role, _path("M1 0H15"))
    return f'<g class="{_classes(series)}">{path}</g>'


def _text(x: float, y: float, text: str, anchor: str = "") -> str:
    where = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{_number(x)}" y="{_number(y)}"{where}>{_escaped(text)}</text>' if text else ""


def _escaped(text: str) -> str:
    """``text`` for an element, without control characters and lone surrogates."""
    return escape(escaped(text))


def _number(value: float) -> str:
    """A coordinate to a tenth of a unit, as short as it can be."""
    return f"{value:z.1f}".removesuffix(".0")
