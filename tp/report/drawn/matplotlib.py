"""Charts as a figure of matplotlib, with the limits, ticks and names that pages have."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from math import ceil
from textwrap import fill
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from tp.report.chart import Chart, Panel, Series
from tp.report.drawn.legend import listed
from tp.report.drawn.scale import Scale, dotted, horizontal, vertical

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import XAxis, YAxis

SETTINGS: Any = {"svg.hashsalt": "tp", "svg.fonttype": "path", "font.size": 9}
COLUMNS = 3
"""The most charts beside each other."""
SIZE = (4.4, 3.6)
"""Width and height of a chart, in inches."""
BELOW = 1.1
"""The height of a further panel, in inches."""
MARK = "#0969da"
"""The colour of medians."""
LETTERS = 76
"""The letters of a line of a legend."""
DASHES = (0, (5, 4))


class Picture(Figure):
    """A figure that notebooks show, whether pyplot is loaded or not."""

    def _repr_png_(self) -> bytes:
        with BytesIO() as file:
            self.savefig(file, format="png", dpi=110)
            return file.getvalue()


def figure(charts: Sequence[Chart]) -> Figure:
    """All ``charts`` in a grid."""
    columns = min(COLUMNS, len(charts))
    rows = ceil(len(charts) / columns)
    deepest = max(len(chart.panels) for chart in charts)
    with matplotlib.rc_context(SETTINGS):
        found = Picture(figsize=(SIZE[0] * columns, (SIZE[1] + BELOW * (deepest - 1)) * rows), layout="constrained")
        grid = found.subfigures(rows, columns, squeeze=False).ravel()
        for chart, part in zip(charts, grid, strict=False):
            _chart(chart, part)
    return found


def _chart(chart: Chart, part: SubFigure) -> None:
    heights = [SIZE[1] - BELOW, *[BELOW] * (len(chart.panels) - 1)]
    grid: list[Axes] = list(part.subplots(len(chart.panels), sharex=True, squeeze=False, height_ratios=heights)[:, 0])
    across = horizontal(chart)
    for axes, panel in zip(grid, chart.panels, strict=True):
        _panel(panel, axes, across)
    part.suptitle(fill(chart.title, 56), fontsize=9)
    grid[-1].set_xlabel(chart.x.label)
    if not chart.panels[0].series:
        grid[0].text(0.5, 0.5, chart.note, transform=grid[0].transAxes, ha="center")
    series, more = listed(chart)
    handles = [_handle(one) for one in series]
    handles += [Line2D([], [], linewidth=0, label=f"and {more} more")] if more else []
    longest = max((len(str(handle.get_label())) for handle in handles), default=0)
    part.legend(
        handles=handles,
        loc="outside lower center",
        ncols=max(1, LETTERS // (longest + 8)),
        title=fill(" ".join(chart.remarks), LETTERS),
        frameon=False,
        fontsize=7,
        title_fontsize=7,
    )


def _panel(panel: Panel, axes: Axes, across: Scale) -> None:
    up = vertical(panel)
    for series in panel.series:
        _series(series, axes, dotted(panel))
    axes.set(xscale=_named(across), yscale=_named(up), xlim=across.ends, ylim=up.ends, autoscale_on=False)
    _ticks(axes.xaxis, across, 6 if panel.series else 0)
    _ticks(axes.yaxis, up, (6 if up.log else 4) if panel.series else 0)
    axes.grid(visible=True, which="major", linewidth=0.4, alpha=0.5)
    axes.set_title(panel.y.label, fontsize=8, loc="left")


def _named(scale: Scale) -> str:
    return "log" if scale.log else "linear"


def _ticks(axis: XAxis | YAxis, scale: Scale, most: int) -> None:
    """Ticks as they are in pages."""
    ticks = scale.ticks(most) if most else []
    axis.set_major_locator(FixedLocator([scale.value(at) for at, _ in ticks]))
    axis.set_major_formatter(FixedFormatter([label for _, label in ticks]))
    axis.set_minor_locator(NullLocator())


def _series(series: Series, axes: Axes, dotted: bool) -> None:
    look = _look(series)
    match series.role:
        case "draws" | "median" | "predicted":
            axes.plot(series.x, series.y, **look)
        case "curve":
            axes.plot(series.x, series.y, **look, marker="o" if dotted else "")
        case "interval":
            axes.vlines(series.x, series.low, series.high, **look)
        case "band":
            axes.fill_between(series.x, series.low, series.high, color=look["color"], alpha=0.12, linewidth=0)
        case "best":
            axes.plot(series.x, series.y, **look)
            axes.hlines(series.y, series.low, series.high, color=look["color"], linewidth=1.2)


def _look(series: Series) -> dict[str, Any]:
    shade = None if series.shade is None else matplotlib.colormaps["viridis_r"](0.2 + 0.78 * series.shade)
    marks = MARK if shade is None else shade
    lines = "black" if shade is None else shade
    return {
        "draws": {"color": shade or "grey", "marker": ".", "markersize": 3, "linewidth": 0, "alpha": 0.4},
        "median": {"color": marks, "marker": "o", "markersize": 4, "linewidth": 0},
        "interval": {"color": marks, "linewidth": 1.2},
        "predicted": {"color": lines, "linestyle": DASHES, "linewidth": 1.0},
        "curve": {"color": lines, "linewidth": 1.2, "markersize": 2.5},
        "band": {"color": lines, "linewidth": 6, "alpha": 0.12},
        "best": {"color": lines, "marker": "o", "markersize": 5, "linewidth": 0},
    }[series.role]


def _handle(series: Series) -> Line2D:
    return Line2D([], [], label=series.name, **_look(series))
