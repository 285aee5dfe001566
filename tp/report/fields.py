"""Tables made of records: a field says how a record is shown in one column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tp.report.cells import Cell, Json
from tp.report.document import Column, Table

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Field(Generic[Record]):
    """A column, and the cell that a record has there. Without ``heading`` or ``key`` as in :class:`Column`."""

    heading: str | None
    key: str | None
    cell: Callable[[Record], Cell]


def table(
    fields: Sequence[Field[Record]],
    records: Iterable[Record],
    key: str | None = None,
    caption: str = "",
    *,
    indexed: bool = False,
) -> Table:
    """A row for each record."""
    columns = tuple(Column(f.heading, f.key) for f in fields)
    return Table(columns, tuple(tuple(f.cell(r) for f in fields) for r in records), key, caption, indexed)


def value(fields: Sequence[Field[Record]], record: Record) -> dict[str, Json]:
    """The JSON object of ``record`` in a table of ``fields``."""
    return {f.key: f.cell(record).value for f in fields if f.key is not None}
