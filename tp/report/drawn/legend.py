"""Legends: the names in a chart, each once."""

from __future__ import annotations

from collections.abc import Sequence

from tp.report.chart import Chart, Series

MOST = 16
"""The most names that a legend lists."""


def listed(chart: Chart) -> tuple[Sequence[Series], int]:
    """(a series for each name that is listed, the number of names that are not), in the order of the chart.

    Where there are too many names, those of curves are left out.
    """
    first: dict[str, Series] = {}
    for panel in chart.panels:
        for series in panel.series:
            if series.name:
                first.setdefault(series.name, series)
    curves = [name for name, series in first.items() if series.role == "curve"]
    spare = 0 if len(first) <= MOST else len(first) - MOST + 1
    hidden = set(curves[max(0, len(curves) - spare) :])
    return [series for name, series in first.items() if name not in hidden], len(hidden)
