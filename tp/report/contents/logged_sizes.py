"""Charts of logged sizes against the width, one for each step, a line for each name."""

from __future__ import annotations

from math import exp, log
from statistics import fmean

from tp.exponent import UNBOUNDED
from tp.report.chart import Axis, Chart, Panel, Series, pieces, shades
from tp.studies.coordinates.result import Coordinate, Coordinates

MOST = 6
"""The most charts."""
WIDTH = Axis("width n", least=0.6)
SIZE = Axis("size, median over seeds", least=1.0)
DASHED = "predicted, through the middle of the line"


def logged_sizes(result: Coordinates) -> tuple[Chart, ...]:
    """Sizes at steps, and changes since step 0: the first and the last of each, and some between if there are many."""
    names = list(dict.fromkeys(row.key.name for row in result.rows))
    colours = dict(zip(names, shades(len(names)), strict=True))
    return tuple(_chart(result, kind, step, colours) for kind, step in _steps(result))


def _steps(result: Coordinates) -> list[tuple[str, int]]:
    """Kinds and steps."""
    found = list(dict.fromkeys((row.key.kind, row.key.step) for row in result.rows))
    kinds = list(dict.fromkeys(kind for kind, _ in found))
    most = max(1, MOST // max(1, len(kinds)))
    chosen: list[tuple[str, int]] = []
    for kind in kinds:
        steps = sorted(step for k, step in found if k == kind)
        count = min(most, len(steps))
        chosen += [(kind, steps[round(k * (len(steps) - 1) / max(1, count - 1))]) for k in range(count)]
    return chosen


def _chart(result: Coordinates, kind: str, step: int, colours: dict[str, float]) -> Chart:
    rows = [row for row in result.rows if (row.key.kind, row.key.step) == (kind, step)]
    lines: list[Series] = []
    dashed: list[Series] = []
    for row in rows:
        name, shade = row.key.name, colours[row.key.name]
        lines += pieces("curve", WIDTH, SIZE, row.fit.widths, row.fit.medians, name=name, shade=shade)
        dashed += _predicted(row, shade)
    what = f"{'change since step 0, ' if kind == 'change' else ''}step {step}"
    by = f" by {result.program}" if result.program else ""
    predicted = f" Dashed: the power of n that is predicted{by}, through the mean of the logarithms." if dashed else ""
    gone = [row.key.name for row in rows if not any(line.name == row.key.name for line in lines)]
    missing = (f"No size is positive and finite: {', '.join(gone)}.",) if gone else ()
    return Chart(
        what,
        f"sizes in {result.file}: {what}",
        f"Sizes against the width at {what}, on logarithmic axes, a line for each of {', '.join(colours)}.{predicted}",
        WIDTH,
        (Panel(SIZE, (*lines, *dashed)),),
        "" if lines else "no size is positive and finite",
        missing,
    )


def _predicted(row: Coordinate, shade: float) -> tuple[Series, ...]:
    """The predicted slope, through the mean of the logarithms."""
    power = row.predicted.exponent
    shown = [(n, m) for n, m in zip(row.fit.widths, row.fit.medians, strict=True) if SIZE.has(m)]
    if not (row.source and row.predicted.known and shown) or power is None or power >= UNBOUNDED / 2:
        return ()
    at, size = fmean(log(n) for n, _ in shown), fmean(log(m) for _, m in shown)
    ends = (shown[0][0], shown[-1][0])
    logs = [size + float(power) * (log(n) - at) for n in ends]
    values = [exp(value) if abs(value) < 700 else 0.0 for value in logs]
    return pieces("predicted", WIDTH, SIZE, ends, values, name=DASHED, shade=shade)
