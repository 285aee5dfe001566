"""Tables in text files (.csv, .tsv, .txt): rows of cells, with or without a row of column names.

Cells are read by the standard library's ``csv``, so they may be quoted. The sign between cells, a byte order mark and
decimal commas are recognised. What is neither a number nor part of a whole row of names is an error with its row and
column: a sample is never dropped or guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tp.diagnostics.diagnostic import TpError, error
from tp.ndarray import NDArray

SUFFIXES = (".csv", ".tsv", ".txt")
_BETWEEN = ("\t", ";", ",", "|")
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "?", ".", "missing", "#n/a"})
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity)", re.IGNORECASE | re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?", re.ASCII)
_BROKEN = re.compile(r"[+-]?\.?\d", re.ASCII)
_HEADER = "say --header where the first row holds names, --no-header where it is a sample"


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text: ``rows`` of equal length, the number of the line where each begins, and the ``names`` of columns.

    ``names`` is None for a table without a header. ``index`` says that a first column without a name, which counts the
    rows, was left out. ``comma`` says that numbers have decimal commas.
    """

    path: Path
    names: tuple[str, ...] | None
    rows: list[list[str]]
    lines: list[int]
    index: bool = False
    comma: bool = False

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.rows[0])

    @property
    def account(self) -> str:
        """What was read, in words."""
        head = "no header" if self.names is None else f"a header ({_some(self.names)})"
        also = ", the column that counts rows left out" if self.index else ""
        return f"{_plural(len(self.rows), 'sample')} of {_plural(self.width, 'number')}, {head}{also}"

    def column(self, wanted: str) -> int:
        """The number, from 0, of a column by name or by its number from 1. Raises TpError TP608."""
        if self.names is not None and wanted in self.names:
            return self.names.index(wanted)
        if wanted.isdecimal() and 1 <= int(wanted) <= self.width:
            return int(wanted) - 1
        if wanted in ("last", "-1"):
            return self.width - 1
        named = "" if self.names is None else f"{_some(self.names)}; or by number, "
        hint = f"columns: {named}1 to {self.width}, or last"
        raise error("TP608", f"{self.path} has no column {wanted}", hint=hint)

    def without(self, column: int) -> Table:
        """The table without one column."""
        names = None if self.names is None else _dropped(self.names, column)
        rows = [list(_dropped(row, column)) for row in self.rows]
        return Table(self.path, names, rows, self.lines, self.index, self.comma)

    def numbers(self) -> NDArray[np.float64]:
        """All cells as numbers. Raises TpError TP601 at the first that is none."""
        found = np.empty((len(self.rows), self.width))
        for i, row in enumerate(self.rows):
            for j, cell in enumerate(row):
                value = self.number(cell)
                if value is None:
                    raise self._no_number(i, j, cell)
                found[i, j] = value
        return found

    def number(self, cell: str) -> float | None:
        """The number in a cell, None where there is none."""
        text = cell.strip()
        if self.comma and _COMMA.fullmatch(text):
            text = text.replace(",", ".")
        return float(text) if _NUMBER.fullmatch(text) else None

    def _no_number(self, i: int, j: int, cell: str) -> TpError:
        where = f"{self.path}, line {self.lines[i]}, column {j + 1}"
        name = "" if self.names is None else f" ({self.names[j]})"
        if _is_missing(cell):
            return error("TP601", f"{where}{name}: a number is missing", hint="fill the cell, or leave the row out")
        others = sum(self.number(row[j]) is None for row in self.rows)
        hint = "write a decimal point, and no sign between thousands"
        if cell.strip().endswith("%") or cell.strip()[:1] in "$€£":
            hint = "write the plain number, without a unit"
        elif others > len(self.rows) // 2:
            column = j + 1 if self.names is None else self.names[j]
            hint = f"this column holds words; if it is the target, say --target {column}; else leave it out"
        elif i == 0 and self.names is None:
            hint = "a header is a row of names for all columns"
        return error("TP601", f"{where}{name}: {_short(cell)} is not a number", hint=hint)


def read_table(path: Path, header: bool | None = None) -> Table:
    """The table in ``path``; ``header`` says whether the first row holds names, None that it is to be recognised.

    Raises TpError TP601 for what is no table, and where the first row may be either; TP603 for no samples.
    """
    text = _decoded(path)
    if not text.strip():
        raise error("TP601", f"cannot read {path}: it is empty", hint="save a row of numbers for each sample")
    rows, lines, between = _cells(path, text)
    _require_equal_lengths(path, rows, lines)
    comma = between != "," and _has_decimal_commas(rows)
    body = Table(path, None, rows, lines, comma=comma)
    if header is None:
        header = _is_header(body)
    if not header:
        return body
    names = tuple(cell.strip() for cell in rows[0])
    if len(rows) == 1:
        raise error(
            "TP603", f"{path} has no samples: its only row holds names", hint="save a row of numbers for each sample"
        )
    return _without_index(Table(path, names, rows[1:], lines[1:], comma=comma))


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as problem:
        message = f"cannot read {path}: it is no text in UTF-8 (byte {problem.start})"
        raise error("TP601", message, hint="save it as CSV in UTF-8") from None
    if "\0" in text:
        raise error("TP601", f"cannot read {path}: it is no text")
    return text


def _cells(path: Path, text: str) -> tuple[list[list[str]], list[int], str | None]:
    """Rows of cells, the line of each, and the sign between them. Empty lines and comments (#) are left out."""
    lines = text.splitlines()
    while lines and not lines[-1].strip(" \t,;"):  # empty rows at the end of a sheet
        lines.pop()
    kept = [(k, line) for k, line in enumerate(lines, 1) if line.strip() and line.lstrip()[0] != "#"]
    if not kept:
        raise error("TP603", f"{path} has no samples")
    between = _separator([line for _, line in kept[:20]])
    if between is None:
        return [line.split() for _, line in kept], [number for number, _ in kept], None
    rows: list[list[str]] = []
    starts: list[int] = []
    reader = csv.reader((line for _, line in kept), delimiter=between, skipinitialspace=True, strict=True)
    before = 0
    try:
        for row in reader:
            rows.append(row)
            starts.append(kept[min(before, len(kept) - 1)][0])
            before = reader.line_num
    except csv.Error as problem:
        number = kept[min(before, len(kept) - 1)][0]
        raise error("TP601", f"cannot read {path}, line {number}: {problem}") from None
    if len(rows) > 1 and all(len(row) > 1 and not row[-1].strip() for row in rows):
        rows = [row[:-1] for row in rows]  # every line ends with a separator
    return rows, starts, between


def _separator(lines: Sequence[str]) -> str | None:
    """The sign that stands between cells on every line; None where blanks do. A single column has a comma."""
    for sign in _BETWEEN:
        if all(sign in _unquoted(line) for line in lines):
            return sign
    if any("," in line or ";" in line for line in lines):
        return max(",;", key=lambda sign: sum(sign in line for line in lines))
    return None if any(len(line.split()) > 1 for line in lines) and not any('"' in line for line in lines) else ","


def _unquoted(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _require_equal_lengths(path: Path, rows: list[list[str]], lines: list[int]) -> None:
    for row, number in zip(rows, lines, strict=True):
        if len(row) != len(rows[0]):
            message = f"{path}, line {number}: {_plural(len(row), 'cell')}, where line {lines[0]} has {len(rows[0])}"
            raise error("TP601", message, hint="every row has as many cells as the first")


def _has_decimal_commas(rows: list[list[str]]) -> bool:
    """Whether numbers have decimal commas, and none has a point: 1,234 beside 5.6 may be a thousand."""
    cells = [cell.strip() for row in rows for cell in row]
    pointed = any("." in cell and _NUMBER.fullmatch(cell) for cell in cells)
    return not pointed and any(_COMMA.fullmatch(cell) for cell in cells)


def _is_header(table: Table) -> bool:
    """Whether the first row holds names. Raises TpError TP601 where it holds names and numbers, or may be either."""
    first = table.rows[0]
    numbers = [table.number(cell) is not None for cell in first]
    if all(numbers):
        return _counts_columns(table)
    named = [not is_number and not _is_missing(cell) for is_number, cell in zip(numbers, first, strict=True)]
    if all(named) and all(_BROKEN.match(cell.strip()) for cell in first):
        message = f"{table.path}, line {table.lines[0]}: {_short(first[0])} is neither a number nor a plain name"
        raise error("TP601", message, hint=f"{_HEADER}; numbers have no unit or sign of currency")
    if all(named):
        # Words in the first row are names, unless the same columns hold words everywhere.
        if len(table.rows) > 1 and all(_is_word(table, row) for row in table.rows[1:]):
            message = f"{table.path}: no column holds numbers"
            raise error("TP601", message, hint="samples are rows of numbers; write 1 and 0 for true and false")
        return True
    if _is_missing(first[0]) and all(named[1:]) and len(first) > 1:
        return True  # pandas gives the column that counts rows no name
    if _is_missing(first[0]) and len(first) > 2 and first[1:] == [str(k) for k in range(len(first) - 1)]:
        return True  # and columns numbers
    words = [j for j, is_number in enumerate(numbers) if not is_number]
    below = [table.number(row[j]) is None for row in table.rows[1:] for j in words]
    if below and all(below) and not any(_is_missing(first[j]) for j in words):
        return False  # a column of words beside numbers: the target, perhaps
    j = words[0]
    what = "a number is missing" if _is_missing(first[j]) else f"{_short(first[j])} is not a number"
    message = f"{table.path}, line {table.lines[0]}, column {j + 1}: {what}, and other cells of the row are numbers"
    raise error("TP601", message, hint="a header is a row of names for all columns; a sample is a row of numbers")


def _is_word(table: Table, row: Sequence[str]) -> bool:
    return all(table.number(cell) is None and not _is_missing(cell) for cell in row)


def _counts_columns(table: Table) -> bool:
    """Whether the first row is 0, 1, 2, ..., as pandas names columns.

    Raises TpError TP601 where it may be a sample as well.
    """
    first = [cell.strip() for cell in table.rows[0]]
    if len(first) < 2 or len(table.rows) < 2 or first != [str(k) for k in range(len(first))]:
        return False
    if all(cell.strip().lstrip("+-").isdecimal() for row in table.rows[1:] for cell in row):
        message = f"{table.path}: the first row counts columns ({_some(first)}): is it a header or a sample?"
        raise error("TP601", message, hint=_HEADER)
    return True


def _without_index(table: Table) -> Table:
    """The table without a first column that has no name and counts the rows, as pandas writes it."""
    assert table.names is not None
    first = [row[0].strip() for row in table.rows]
    if table.names[0] or table.width < 2 or first != [str(k) for k in range(len(first))]:
        return table
    shorter = table.without(0)
    return Table(shorter.path, shorter.names, shorter.rows, shorter.lines, index=True, comma=shorter.comma)


def _is_missing(cell: str) -> bool:
    return cell.strip().lower() in _MISSING


def _dropped(row: Sequence[str], column: int) -> tuple[str, ...]:
    return (*row[:column], *row[column + 1 :])


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 30 else cell[:27] + "...")


def _some(names: Sequence[str]) -> str:
    shown = [name if len(name) <= 20 else name[:17] + "..." for name in names]
    return ", ".join(shown if len(shown) <= 4 else [*shown[:3], "..., " + shown[-1]])


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
