"""Documents as a fragment of HTML: self-contained, without scripts, for light and dark pages.

Everything that comes from a result is escaped. Tables have captions, and headers for columns and rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import count

from tp.report.cells import Cell, Verdict
from tp.report.chart import Chart
from tp.report.document import Block, Data, Document, Group, Line, Notes, Section, Table, flat
from tp.report.drawn.style import STYLE as CHARTS
from tp.report.drawn.svg import svg
from tp.report.render.text import escaped

STYLE = """
.tp-report { --tp-text: #1f2328; --tp-quiet: #59636e; --tp-line: #d1d9e0; --tp-good: #1a7f37; --tp-bad: #d1242f;
  color: var(--tp-text); font: 14px/1.45 system-ui, sans-serif; overflow-x: auto; }
@media (prefers-color-scheme: dark) {
  .tp-report { --tp-text: #f0f6fc; --tp-quiet: #9198a1; --tp-line: #3d444d; --tp-good: #3fb950; --tp-bad: #f85149; } }
.tp-report .scroll { overflow-x: auto; }
.tp-report h3 { font-size: 1.1em; margin: 0.5em 0; }
.tp-report p, .tp-report ul { margin: 0.4em 0; }
.tp-report table { border-collapse: collapse; margin: 0.8em 0; font-variant-numeric: tabular-nums; }
.tp-report caption, .tp-report h4 { text-align: left; font-size: 1em; font-weight: 600; margin: 0.4em 0; }
.tp-report th, .tp-report td { text-align: left; padding: 0.15em 0.8em; border-bottom: 1px solid var(--tp-line); }
.tp-report .number { text-align: right; }
.tp-report thead th { color: var(--tp-quiet); font-weight: 600; }
.tp-report tbody th { font-weight: 400; }
.tp-report .confirmed, .tp-report .consistent, .tp-report .holds { color: var(--tp-good); }
.tp-report .refuted, .tp-report .fails { color: var(--tp-bad); }
.tp-report figure { display: inline-block; vertical-align: top; width: min(100%, 25em); margin: 0.6em 1em 0.8em 0; }
.tp-report figcaption { font-weight: 600; margin-bottom: 0.2em; }
.tp-report figure p { color: var(--tp-quiet); font-size: 0.85em; }
"""
MARKS = {
    "confirmed": "✓",
    "holds": "✓",
    "consistent": "≈",
    "loose": "≤",
    "refuted": "✗",
    "fails": "✗",
    "undecided": "?",
}
"""A sign beside the word of a verdict, so that colour is not all that tells them apart."""
_NUMBER = re.compile(r"((<= )?\[?-?(\d|inf\b).*|\?|diverges)?")
"""Text that stands on the right of its column: a number, an interval, or nothing known."""
_LONG = 32
"""The most characters of a cell that is never broken into lines."""


def render(documents: Sequence[Document]) -> str:
    """All ``documents`` as one element."""
    numbers = count()
    lines = (line for document in documents for line in _article(document, numbers))
    return "\n".join([f'<div class="tp-report"><style>{STYLE}{CHARTS}</style>', *lines, "</div>"])


def _article(document: Document, numbers: Iterator[int]) -> Iterator[str]:
    """``numbers`` are those of pictures: every one has a name of its own in the page."""
    yield f"<article>\n<h3>{_text(document.title.text)}</h3>"
    yield from sections(document.sections, 4, numbers)
    yield "</article>"


def sections(found: Iterable[Section | Group], level: int, numbers: Iterator[int]) -> Iterator[str]:
    """What people read of sections, under headings of this ``level``. ``numbers`` are those of pictures."""
    for section in flat(found):
        yield from _section(section, level, numbers)


def _section(section: Section, level: int, numbers: Iterator[int]) -> list[str]:
    """The blocks that people read, under their heading; it is the caption where a table comes first."""
    blocks = [block for block in section.blocks if _said(block)]
    lines: list[str] = []
    for number, block in enumerate(blocks):
        heading = "" if number else section.heading
        if heading and not isinstance(block, Table):
            lines.append(f"<h{level}>{_text(heading)}</h{level}>")
        lines += _figure(block, next(numbers)) if isinstance(block, Chart) else _block(block, heading)
    return ["<section>", *lines, "</section>"] if lines else []


def _said(block: Block) -> bool:
    match block:
        case Line():
            return bool(block.text)
        case Notes():
            return bool(block.lines)
        case Table():
            return bool(block.rows) and any(c.heading is not None for c in block.columns)
        case Chart():
            return True
        case Data():
            return False


def _block(block: Block, heading: str) -> Iterable[str]:
    match block:
        case Line():
            return [f"<p>{_text(block.text)}</p>"]
        case Notes():
            return ["<ul>", *(f"<li>{_text(line)}</li>" for line in block.lines), "</ul>"]
        case Table():
            return _table(block, heading or block.caption)
        case Chart() | Data():
            return []


def _figure(chart: Chart, number: int) -> Iterable[str]:
    """The picture says all remarks to screen readers, so the text below it is for others."""
    remarks = f'<p aria-hidden="true">{_text(" ".join(chart.remarks))}</p>' if chart.remarks else ""
    caption = f"<figcaption>{_text(chart.title)}</figcaption>"
    return ["<figure>", caption, svg(chart, f"-{number}"), remarks, "</figure>"]


def _table(table: Table, caption: str) -> Iterator[str]:
    """The first column that is shown has the headers of the rows. The table scrolls sideways in a box of its own."""
    shown = [i for i, column in enumerate(table.columns) if column.heading is not None]
    kinds = {i: _kind([row[i].text for row in table.rows]) for i in shown}
    named = f' aria-label="{_text(caption)}"' if caption else ' aria-label="table"'
    yield f'<div class="scroll" role="group" tabindex="0"{named}><table>'
    if caption:
        yield f"<caption>{_text(caption)}</caption>"
    heads = "".join(_head(table.columns[i].heading or "", "col", kinds[i]) for i in shown)
    yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        first, *rest = shown
        head = _head(row[first].text, "row", "words" if kinds[first] == "words" else "")
        yield f"<tr>{head}{''.join(_cell(row[i], kinds[i]) for i in rest)}</tr>"
    yield "</tbody></table></div>"


def _kind(texts: Sequence[str]) -> str:
    """The class of a column: numbers stand on the right, words are broken into lines, anything else is in one line."""
    if all(map(_NUMBER.fullmatch, texts)):
        return "number"
    return "words" if max(map(len, texts)) > _LONG else ""


def _head(text: str, scope: str, kind: str) -> str:
    """A header of a column or a row; an empty one is a plain cell."""
    mark = f' class="{kind}"' if kind else ""
    return f'<th scope="{scope}"{mark}>{_text(text)}</th>' if text else "<td></td>"


def _cell(cell: Cell, kind: str) -> str:
    if isinstance(cell, Verdict):
        known = f' class="{cell.text}"' if cell.text in MARKS else ""
        return f"<td{known}>{verdict(cell.text)}</td>"
    mark = f' class="{kind}"' if kind else ""
    return f"<td{mark}>{_text(cell.text)}</td>"


def verdict(word: str) -> str:
    """The word of a verdict with its sign, which screen readers leave out."""
    mark = MARKS.get(word)
    return _text(word) if mark is None else f'<span aria-hidden="true">{mark} </span>{_text(word)}'


def _text(text: str) -> str:
    return escape(escaped(text))
