"""Legends: the names in a chart, each once."""

from __future__ import annotations

from collections.abc import Sequence

from tp.report.chart import Chart, Series

MOST = 16
"""The most names that a legend lists."""


def listed(chart: Chart) -> tuple[Sequence[Series], int]:
    """(a series for each name that is listed, the number of names that are not), in the order of the chart."""
    first: dict[str, Series] = {}
    for panel in chart.panels:
        for series in panel.series:
            if series.name:
                first.setdefault(series.name, series)
    names = list(first)
    count = len(names) if len(names) <= MOST else MOST - 1
    return [first[name] for name in names[:count]], len(names) - count
