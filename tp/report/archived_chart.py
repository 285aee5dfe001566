"""Charts as JSON that can be read back. Neighbouring points at one ``x`` are one run: many draws share a width."""

from __future__ import annotations

from itertools import chain, groupby, repeat

from tp.report.cells import Json
from tp.report.chart import Axis, Chart, Panel, Series


def written(chart: Chart) -> Json:
    """``chart`` as JSON."""
    return {
        "name": chart.name,
        "title": chart.title,
        "description": chart.description,
        "x": _axis(chart.x),
        "panels": [{"y": _axis(p.y), "series": [_series(s) for s in p.series]} for p in chart.panels],
        "note": chart.note,
        "remarks": list(chart.remarks),
    }


def read(found: Json) -> Chart:
    """The chart that :func:`written` wrote. Raises ValueError, KeyError and TypeError for other JSON."""
    panels = tuple(Panel(_read_axis(p["y"]), tuple(map(_read_series, p["series"]))) for p in found["panels"])
    name, title, description, note = (_text(found[part]) for part in ("name", "title", "description", "note"))
    remarks = tuple(map(_text, found["remarks"]))
    return Chart(name, title, description, _read_axis(found["x"]), panels, note, remarks)


def _axis(axis: Axis) -> Json:
    return [axis.label, axis.log, axis.least, axis.low, axis.high]


def _read_axis(found: Json) -> Axis:
    label, log, least, low, high = found
    ends = (None if end is None else _number(end) for end in (low, high))
    return Axis(_text(label), bool(log), _number(least), *ends)


def _series(series: Series) -> Json:
    return {
        "role": series.role,
        "name": series.name,
        "shade": series.shade,
        "x": [[value, len(list(run))] for value, run in groupby(series.x)],
        "y": list(series.y),
        "low": list(series.low),
        "high": list(series.high),
    }


def _read_series(found: Json) -> Series:
    y, low, high = (tuple(map(_number, found[part])) for part in ("y", "low", "high"))
    if sum(count for _, count in found["x"]) > len(y) + len(low):
        raise ValueError("it is no chart: its points do not fit together")
    x = chain.from_iterable(repeat(_number(value), count) for value, count in found["x"])
    shade = None if found["shade"] is None else _number(found["shade"])
    return Series(found["role"], tuple(x), y, low, high, _text(found["name"]), shade)


def _number(found: Json) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ValueError(f"it is no chart: {found!r} is no number")
    return found


def _text(found: Json) -> str:
    if not isinstance(found, str):
        raise ValueError(f"it is no chart: {found!r} is no text")
    return found
