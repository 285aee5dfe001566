"""Documents as plain text, the same on a terminal and in a pipe: columns are padded with spaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tp.report.chart import Chart
from tp.report.document import Block, Data, Document, Line, Notes, Table, flat


def render(documents: Sequence[Document]) -> str:
    """All ``documents``, an empty line between them."""
    return "\n\n".join("\n".join(_document(d)) for d in documents)


def escaped(text: str) -> str:
    """``text`` with control characters and lone surrogates written as escapes, so that no name changes the layout."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _document(document: Document) -> Iterator[str]:
    """The title, and the sections with an empty line before each; a first one without heading follows at once."""
    yield escaped(document.title.text)
    close = True
    for section in flat(document.sections):
        lines = [line for block in section.blocks for line in _block(block, bool(section.heading))]
        if lines:
            yield from [] if close and not section.heading else [""]
            yield from [f"  {escaped(section.heading)}"] if section.heading else []
            yield from lines
        close = close and not lines


def _block(block: Block, headed: bool) -> list[str]:
    """The lines of ``block``; notes in a section with a heading are indented once more."""
    match block:
        case Line():
            return [f"  {escaped(block.text)}"] if block.text else []
        case Notes():
            return [f"{'    ' if headed else '  '}{escaped(line)}" for line in block.lines]
        case Table():
            return _table(block)
        case Data() | Chart():
            return []


def _table(table: Table) -> list[str]:
    """Left-aligned columns under their headings; nothing where there are no rows."""
    shown = [i for i, column in enumerate(table.columns) if column.heading is not None]
    if not table.rows or not shown:
        return []
    head = [table.columns[i].heading or "" for i in shown]
    every = [[escaped(text) for text in row] for row in (head, *([row[i].text for i in shown] for row in table.rows))]
    wide = [max(map(len, column)) for column in zip(*every, strict=True)]
    return [
        f"  {'  '.join(cell.ljust(w) for cell, w in zip(row, wide, strict=True))}".rstrip() for row in every
    ]  # fmt: skip
