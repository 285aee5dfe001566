"""Rows of a log of training runs, as text by column: from CSV, TSV or JSON lines of any program."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tp.diagnostics.diagnostic import TpError, error

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "width": ("width", "n"),
    "step": ("step", "t"),
    "seed": ("seed",),
    "value": ("value",),
    "kind": ("kind",),
    "predicted": ("predicted",),
}
"""The columns that are read, with what they may be called. Others are left out."""
NEEDED = ("name", "width", "value")
MOST_BYTES = 1 << 28
"""The largest log that is read: some millions of rows."""
LONGEST = 1 << 16
"""The most characters of a line."""

Row = tuple[int, dict[str, str]]
"""The number of a line, and its cells by column."""


def log_rows(path: Path) -> Iterator[Row]:
    """The rows of the log ``path``. Raises TpError TP911 for what is no log, TP912 where a column is missing."""
    _require(path)
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            lines = _lines(path, file)
            first = next(lines, None)
            if first is None:
                raise error("TP911", f"{path} is empty", hint="a log has a row for each value that was recorded")
            read = _json_lines if first[1].lstrip().startswith(("{", "[")) else _table
            yield from read(path, first, lines)
    except UnicodeDecodeError as problem:
        raise error("TP911", f"cannot read {path}: it is no text in UTF-8 (byte {problem.start})") from None
    except OSError as problem:
        raise error("TP911", f"cannot read {path}: {problem.strerror or problem}") from None


def broken(path: Path, line: int, what: str, hint: str | None = None) -> TpError:
    """The error TP911 about a line of the log ``path``."""
    return error("TP911", f"{path}:{line}: {what}", hint=hint)


def shortened(text: str) -> str:
    """``text`` in quotes, at most 30 characters of it."""
    return repr(text if len(text) <= 30 else text[:27] + "...")


def _require(path: Path) -> None:
    if path.is_dir():
        raise error("TP911", f"{path} is a folder, not a log")
    if not path.exists():
        raise error("TP911", f"no such file: {path}")
    if not path.is_file():
        raise error("TP911", f"cannot read {path}: not a plain file")
    size = path.stat().st_size
    if size > MOST_BYTES:
        message = f"{path} is too large: {size >> 20} MiB, and a log may have {MOST_BYTES >> 20} MiB"
        raise error("TP911", message, hint="keep the steps and names that matter")


def _encoding(path: Path) -> str:
    """UTF-8 with or without a byte order mark, or UTF-16 with one."""
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _lines(path: Path, file: Iterator[str]) -> Iterator[tuple[int, str]]:
    """Lines that are not empty, with their numbers."""
    for number, line in enumerate(file, 1):
        if len(line) > LONGEST:
            raise broken(path, number, f"a line of more than {LONGEST} characters")
        if "\0" in line:
            raise broken(path, number, "no text: it has a character of code 0")
        if line.strip():
            yield number, line


def _table(path: Path, first: tuple[int, str], lines: Iterator[tuple[int, str]]) -> Iterator[Row]:
    between = next((sign for sign in "\t;," if sign in first[1]), ",")
    at = first[0]

    def text() -> Iterator[str]:
        nonlocal at
        yield first[1]
        for number, line in lines:
            at = number
            yield line

    reader = csv.reader(text(), delimiter=between, skipinitialspace=True, strict=True)
    try:
        names = [cell.strip() for cell in next(reader)]
        columns = _columns(path, at, names)
        for cells in reader:
            if len(cells) != len(names):
                raise broken(path, at, f"{_plural(len(cells), 'cell')}, where the first row has {len(names)}")
            yield at, {column: cells[k].strip() for column, k in columns.items()}
    except csv.Error as problem:
        raise broken(path, at, f"{problem}") from None


def _columns(path: Path, line: int, names: list[str]) -> dict[str, int]:
    """The places of the columns that are read."""
    lower = [name.lower() for name in names]
    found: dict[str, int] = {}
    for column, spellings in COLUMNS.items():
        places = [k for k, name in enumerate(lower) if name in spellings]
        if len(places) > 1:
            said = " and ".join(names[k] for k in places)
            raise error("TP912", f"{path}:{line}: two columns hold the {column}: {said}")
        if places:
            found[column] = places[0]
    _require_columns(path, line, found, ", ".join(names[:8]))
    return found


def _json_lines(path: Path, first: tuple[int, str], lines: Iterator[tuple[int, str]]) -> Iterator[Row]:
    yield _object(path, *first)
    for number, line in lines:
        yield _object(path, number, line)


def _object(path: Path, number: int, line: str) -> Row:
    try:
        found: Any = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError) as problem:
        what = problem.msg if isinstance(problem, json.JSONDecodeError) else str(problem)
        hint = "every line is one object; a run that was killed may have cut the last line: remove it"
        raise broken(path, number, f"no JSON: {what}", hint) from None
    if not isinstance(found, dict):
        raise broken(path, number, "no JSON object", "write one object a line, not a list of them")
    members: dict[str, Any] = {str(key).lower(): value for key, value in found.items()}
    cells: dict[str, str] = {}
    for column, spellings in COLUMNS.items():
        given = [key for key in spellings if key in members]
        if len(given) > 1:
            raise error("TP912", f"{path}:{number}: two members hold the {column}: {' and '.join(given)}")
        if given:
            cells[column] = _text(path, number, given[0], members[given[0]])
    _require_columns(path, number, cells, ", ".join(list(members)[:8]))
    return number, cells


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member occurs twice")
    return found


def _text(path: Path, number: int, key: str, value: Any) -> str:
    """A member as a cell of a table."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise broken(path, number, f"{key} is {shortened(json.dumps(value))}, neither a number nor text")
    return repr(value)


def _require_columns(path: Path, line: int, found: Mapping[str, object], having: str) -> None:
    missing = [column for column in NEEDED if column not in found]
    if missing:
        said = " or ".join(missing)
        hint = f"it has {having}; a log has the columns name, width and value, and may have step, seed and kind"
        raise error("TP912", f"{path}:{line}: no column called {said}", hint=hint)


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
