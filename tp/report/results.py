"""What is in a store, as text and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tp.report.table import table
from tp.store.cell import Unreadable
from tp.store.key import Series
from tp.store.listing import Row, read

MANY = 200
"""Rows whose quantities are looked up in a file; of more the names of files have to do."""


def results_text(rows: Sequence[Row], folder: Path) -> str:
    """A line for each series of cells."""
    if not rows:
        return f"no results in {folder}"
    header = ("program", "engine", "dtype", "widths", "draws", "cells", "series", "quantities")
    series = _series(rows)
    lines = [
        (
            row.called,
            row.name.engine,
            row.name.dtype,
            _span(list(row.widths)),
            _span(list(row.widths.values())),
            str(row.cells),
            row.name.series[:8],
            "" if (found := series.get(row.name.series)) is None else ",".join(found.quantities),
        )
        for row in rows
    ]
    cells = sum(row.cells for row in rows)
    return "\n".join([str(folder), *table(header, lines), "", f"  {cells} cell{'' if cells == 1 else 's'}"])


def results_json(rows: Sequence[Row], folder: Path) -> dict[str, Any]:
    series = _series(rows)
    return {
        "folder": str(folder),
        "series": [
            {
                "program": row.called,
                "program_hash": row.name.program,
                "engine": row.name.engine,
                "dtype": row.name.dtype,
                "series": row.name.series,
                "cells": row.cells,
                "widths": [{"n": n, "draws": draws} for n, draws in sorted(row.widths.items())],
                "quantities": list(found.quantities) if (found := series.get(row.name.series)) else None,
                "versions": dict(found.versions) if found else None,
            }
            for row in rows
        ],
    }


def _series(rows: Sequence[Row]) -> dict[str, Series]:
    """What the first file of each row says of its series; nothing where it is damaged, or there are too many rows."""
    found: dict[str, Series] = {}
    for row in rows[:MANY]:
        try:
            found[row.name.series] = read(row.one).key.series
        except Unreadable:
            continue
    return found


def _span(numbers: list[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"
