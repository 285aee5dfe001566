"""The report of ``tp results``: what a store holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

from tp.report.cells import Shown, Text
from tp.report.document import Document, Fact, Line, Section
from tp.report.fields import Field, table
from tp.store.cell import Unreadable
from tp.store.key import Series
from tp.store.listing import Answer, Row, read

MANY = 200
"""The number of rows whose quantities are looked up in a file; for further ones only names of files are read."""

Read = tuple[Row, Series | None]
"""A series of cells, and what its first file says: None where it is damaged, or was not read."""

SERIES: tuple[Field[Read], ...] = (
    Field("program", "program", lambda r: Text(r[0].called)),
    Field(None, "program_hash", lambda r: Text(r[0].name.program)),
    Field("engine", "engine", lambda r: Text(r[0].name.engine)),
    Field("dtype", "dtype", lambda r: Text(r[0].name.dtype)),
    Field("widths", "widths", lambda r: Shown(_span(r[0].widths), _widths(r[0]))),
    Field("draws", None, lambda r: Text(_span(r[0].widths.values()))),
    Field("cells", "cells", lambda r: Shown(str(r[0].cells), r[0].cells)),
    Field("series", "series", lambda r: Shown(r[0].name.series[:8], r[0].name.series)),
    Field("quantities", "quantities", lambda r: _quantities(r[1])),
    Field(None, "versions", lambda r: Shown("", None if r[1] is None else dict(r[1].versions))),
)


Kept = tuple[str, str, int]
"""A program, what answers are about, and their number."""
ANSWERS: tuple[Field[Kept], ...] = (
    Field("program", "program", lambda k: Text(k[0])),
    Field("answers about", "about", lambda k: Text(k[1])),
    Field("number", "number", lambda k: Shown(str(k[2]), k[2])),
)


class Held(Protocol):
    """What is held in the folder ``place``."""

    @property
    def place(self) -> Path: ...
    def rows(self) -> Sequence[Row]: ...
    def answers(self) -> Sequence[Answer]: ...


def document(held: Held) -> Document:
    """A row for each series of cells, and the number of answers to commands."""
    rows, folder = held.rows(), held.place
    cells = sum(row.cells for row in rows)
    answers = Counter((answer.called, answer.name.about) for answer in held.answers())
    place = "" if rows or answers else "no results in "
    return Document(
        Line((Fact(f"{place}{folder}", "folder", str(folder)),)),
        (
            Section("", (table(SERIES, _read(rows), "series", "stored series of draws"),)),
            Section("", (Line((Fact(f"{cells} cell{'' if cells == 1 else 's'}" if rows else ""),)),)),
            Section("", (table(ANSWERS, [(*k, n) for k, n in sorted(answers.items())], "answers", "stored answers"),)),
        ),
    )


def _read(rows: Sequence[Row]) -> list[Read]:
    return [(row, _series(row) if number < MANY else None) for number, row in enumerate(rows)]


def _series(row: Row) -> Series | None:
    try:
        return read(row.one).key.series
    except Unreadable:
        return None


def _widths(row: Row) -> list[dict[str, int]]:
    return [{"n": n, "draws": draws} for n, draws in sorted(row.widths.items())]


def _quantities(series: Series | None) -> Shown:
    return Shown("", None) if series is None else Shown(",".join(series.quantities), list(series.quantities))


def _span(numbers: Collection[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"
