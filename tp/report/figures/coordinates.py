"""Logged sizes over widths on logarithmic axes, a panel for each step, with the predicted slopes."""

from __future__ import annotations

from math import ceil, isfinite
from typing import TYPE_CHECKING

import numpy as np

from tp.exponent import UNBOUNDED
from tp.studies.coordinates.result import Coordinate, Coordinates

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 6
"""The most panels."""
COLUMNS = 3
LEGEND = 18
"""The most names of a legend beside each row of panels."""


def draw(result: Coordinates, figure: Figure) -> None:
    """Medians over seeds, a line for each name; dashed: the predicted power of n through the middle of the line."""
    import matplotlib
    from matplotlib.lines import Line2D

    panels = _panels(result)
    names = list(dict.fromkeys(row.key.name for row in result.rows))
    few = matplotlib.colormaps["tab10"].colors[: len(names)]  # pyright: ignore[reportAttributeAccessIssue]
    many = matplotlib.colormaps["turbo"](np.linspace(0.08, 0.92, len(names)))
    shades = dict(zip(names, few if len(few) == len(names) else many, strict=True))
    columns = min(COLUMNS, len(panels))
    rows = ceil(len(panels) / columns)
    figure.set_size_inches(2.6 + 2.6 * columns, 0.6 + 2.6 * rows)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, (kind, step) in zip(grid, panels, strict=False):
        for row in result.rows:
            if (row.key.kind, row.key.step) == (kind, step):
                _line(axes, row, shades[row.key.name])
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xticks(result.widths, [str(n) for n in result.widths], rotation=45)
        _decade(axes)
        axes.minorticks_off()
        axes.set_title(f"change since step 0, step {step}" if kind == "change" else f"step {step}", fontsize=9)
        axes.grid(visible=True, which="major", linewidth=0.4, alpha=0.5)
        axes.set_xlabel("n")
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    most = LEGEND * rows if len(names) <= LEGEND * rows else LEGEND * rows - 1
    handles = [Line2D([], [], color=shades[name], label=name) for name in names[:most]]
    if len(names) > most:
        handles.append(Line2D([], [], linewidth=0, label=f"and {len(names) - most} more"))
    figure.legend(handles=handles, loc="outside right upper", frameon=False, fontsize=7)
    dashed = ", dashed: as predicted" if any(row.source for row in result.rows) else ""
    by = f" by {result.program}" if dashed and result.program else ""
    figure.suptitle(f"sizes in {result.file}{dashed}{by}", fontsize=9)


def _panels(result: Coordinates) -> list[tuple[str, int]]:
    """Kinds and steps, the first and the last of each and some between where there are too many."""
    found = list(dict.fromkeys((row.key.kind, row.key.step) for row in result.rows))
    kinds = list(dict.fromkeys(kind for kind, _ in found))
    panels: list[tuple[str, int]] = []
    for kind in kinds:
        steps = sorted(step for k, step in found if k == kind)
        most = max(1, MOST // len(kinds))
        chosen = sorted({round(k) for k in np.linspace(0, len(steps) - 1, min(most, len(steps)))})
        panels += [(kind, steps[k]) for k in chosen]
    return panels


def _decade(axes: Axes) -> None:
    """At least a decade of sizes is shown, so that small slopes look small."""
    from matplotlib.ticker import FormatStrFormatter, LogLocator

    low, high = axes.get_ylim()
    spare = max(0.0, (1 - np.log10(high / low)) / 2)
    axes.set_ylim(low / 10**spare, high * 10**spare)
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high < 100 * low else (1.0,)))
    axes.yaxis.set_major_formatter(FormatStrFormatter("%g"))


def _line(axes: Axes, row: Coordinate, shade: object) -> None:
    shown = [(n, m) for n, m in zip(row.fit.widths, row.fit.medians, strict=True) if isfinite(m) and m > 0]
    if not shown:
        return
    widths, medians = (np.array(part, dtype=np.float64) for part in zip(*shown, strict=True))
    axes.plot(widths, medians, color=shade, marker="o", markersize=2.5, linewidth=1.2)  # pyright: ignore[reportArgumentType]
    power = row.predicted.exponent
    if row.source and row.predicted.known and power is not None and power < UNBOUNDED / 2:
        middle = np.exp(np.log(widths).mean()), np.exp(np.log(medians).mean())
        line = middle[1] * (widths / middle[0]) ** float(power)
        axes.plot(widths, line, color=shade, linestyle=(0, (4, 3)), linewidth=0.8)  # pyright: ignore[reportArgumentType]
