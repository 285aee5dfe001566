"""The report of ``tp correlations``: samples of quantities, without prediction or verdict."""

from __future__ import annotations

from tp.report.cells import Number, Shown, Text, strict
from tp.report.chart import Chart
from tp.report.contents.against_width import against_width
from tp.report.contents.provenance import drawn, interrupted, meanings, title
from tp.report.document import Document, Line, Section
from tp.report.fields import Field, table, value
from tp.studies.correlations import Cell, Numbers
from tp.studies.meaning import at_start

CELL: tuple[Field[Cell], ...] = (
    Field("n", "n", lambda c: Shown(str(c.n), c.n)),
    Field("seeds", "seeds", lambda c: Shown(str(len(c.values)), len(c.values))),
    Field("median", "median", lambda c: Number(c.median)),
    Field("90% quantile", "quantile_90", lambda c: Number(c.quantile)),
    Field(None, "values", lambda c: Shown("", [strict(v) for v in c.values])),
)
BY_QUANTITY: tuple[Field[tuple[str, tuple[Cell, ...]]], ...] = (
    Field(None, "name", lambda q: Text(q[0])),
    Field(None, "widths", lambda q: Shown("", [value(CELL, cell) for cell in q[1]])),
)
BY_CELL: tuple[Field[tuple[str, Cell]], ...] = (
    Field("quantity", None, lambda row: Text(row[0])),
    *(Field(f.heading, None, lambda row, f=f: f.cell(row[1])) for f in CELL),
)


def document(result: Numbers) -> Document:
    rows = [(name, cell) for name, cells in result.quantities.items() for cell in cells]
    return Document(
        title(result.provenance),
        (
            Section("", (table(BY_CELL, rows, caption="absolute values"),)),
            Section("size against width", charts(result)),
            Section("", (Line(drawn(result.provenance)), table(BY_QUANTITY, result.quantities.items(), "quantities"))),
            Section("", (interrupted(result.provenance, "drawn"),)),
            *meanings(result.provenance, at_start),
        ),
    )


def charts(result: Numbers) -> tuple[Chart, ...]:
    """A chart of each quantity; nothing is predicted."""
    return tuple(
        against_width(name, {cell.n: cell.values for cell in cells})
        for name, cells in result.quantities.items()
        if cells
    )
