"""Sections as tables of rich, for a terminal of any size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table as Columns
from rich.text import Text

from tp.report.cells import Cell, Verdict
from tp.report.document import Block, Line, Section, Table
from tp.report.render.text import escaped

STYLES = {
    "confirmed": "green",
    "consistent": "green",
    "holds": "green",
    "refuted": "red",
    "fails": "red",
    "undecided": "yellow",
    "loose": "yellow",
}


WHY = "why"
"""The heading of a last column of words."""
WORDS = 24
"""The least number of characters for words beside the rest of a table; where there is less room they follow it."""
GAP = 2
"""The spaces between two columns."""


def shown(sections: Iterable[Section]) -> Group:
    """All ``sections``, with their headings."""
    found: list[RenderableType] = []
    for section in sections:
        if section.heading:
            found.append(Text(escaped(section.heading), style="bold"))
        for block in section.blocks:
            found += _block(block)
    return Group(*found)


def _block(block: Block) -> Sequence[RenderableType]:
    match block:
        case Line():
            return [Text(escaped(block.text))] if block.text else []
        case Table():
            return [Grid(block)] if block.rows else []
        case _:
            return []


class Grid:
    """A table that fits. On a narrow terminal reasons follow it as lines, and columns before the last are left out."""

    def __init__(self, table: Table) -> None:
        places = [i for i, column in enumerate(table.columns) if column.heading is not None]
        self.heads = [table.columns[i].heading or "" for i in places]
        self.rows = [[_cell(row[i]) for i in places] for row in table.rows]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = [max(len(head), *(len(row[i]) for row in self.rows)) for i, head in enumerate(self.heads)]
        columns = list(range(len(wide)))
        words = columns.pop() if self.heads[-1] == WHY else None
        room = options.max_width
        beside = words is not None and self._width(wide, columns) + GAP + WORDS <= room
        while len(columns) > 2 and self._width(wide, columns) > room:
            del columns[-2]
        grid = Columns(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
        for i in columns:
            grid.add_column(self.heads[i], no_wrap=True, overflow="ellipsis")
        if words is not None and beside:
            columns.append(words)
            grid.add_column(self.heads[words], overflow="fold")
        for row in self.rows:
            grid.add_row(*(row[i] for i in columns))
        yield grid
        if words is not None and not beside:
            reasons = dict.fromkeys(row[words].plain for row in self.rows)
            for reason in filter(None, reasons):
                names = (row[0].plain for row in self.rows if row[words].plain == reason)
                yield Text(f"{', '.join(names)}: {reason}")

    @staticmethod
    def _width(wide: Sequence[int], columns: Sequence[int]) -> int:
        return sum(wide[i] for i in columns) + GAP * (len(columns) - 1)


def _cell(cell: Cell) -> Text:
    style = STYLES.get(cell.text, "") if isinstance(cell, Verdict) else ""
    return Text(escaped(cell.text), style=style)
