"""Documents as JSON that can be read back, for the store. A cell keeps its text, its value and whether it is a verdict.

What is read back is checked in every part, so that a file that somebody altered is refused, and nothing is executed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from tp.report import archived_chart
from tp.report.cells import Cell, Json, Shown, Verdict
from tp.report.chart import Chart
from tp.report.check import Check
from tp.report.document import Block, Column, Data, Document, Fact, Group, Line, Notes, Section, Table

T = TypeVar("T")


def written(document: Document) -> Json:
    """``document`` as JSON."""
    return {
        "title": _line(document.title),
        "sections": [_part(part) for part in document.sections],
        "checks": [_check(check) for check in document.checks],
    }


def _check(check: Check) -> Json:
    pairs = (None if pair is None else list(pair) for pair in (check.end, check.units))
    return [check.name, check.verdict, check.message, check.rule, check.file, check.line, check.column, *pairs]


def _part(part: Section | Group) -> Json:
    if isinstance(part, Group):
        return {"group": part.key, "sections": [_section(section) for section in part.sections]}
    return _section(part)


def _section(section: Section) -> Json:
    return {"heading": section.heading, "key": section.key, "blocks": [_block(block) for block in section.blocks]}


def _block(block: Block) -> Json:
    match block:
        case Line():
            return {"line": _line(block)}
        case Notes():
            return {"notes": list(block.lines), "key": block.key}
        case Data():
            return {"data": block.value, "key": block.key}
        case Chart():
            return {"chart": archived_chart.written(block)}
        case Table():
            return {
                "columns": [[column.heading, column.key] for column in block.columns],
                "rows": [[_cell(cell) for cell in row] for row in block.rows],
                "key": block.key,
                "caption": block.caption,
                "indexed": block.indexed,
            }


def _line(line: Line) -> Json:
    return {"facts": [[fact.text, fact.key, fact.value] for fact in line.facts], "separator": line.separator}


def _cell(cell: Cell) -> Json:
    return [cell.text, cell.value, isinstance(cell, Verdict)]


def read(found: Json) -> Document:
    """The document that :func:`written` wrote; earlier versions wrote no checks. Raises ValueError for other JSON."""
    try:
        return Document(
            _read_line(found["title"]),
            tuple(map(_read_part, _is(list, found["sections"]))),
            tuple(_read_check(*check) for check in _is(list, found.get("checks", []))),
        )
    except (AttributeError, KeyError, TypeError) as problem:
        raise ValueError(f"it is no document: {problem}") from None


def _read_check(
    name: Json, verdict: Json, message: Json, rule: Json, file: Json, line: Json, column: Json, end: Json, units: Json
) -> Check:
    words = _is(str, name), _is(str, verdict), _is(str, message), _is(str, rule), _is(str, file)
    found = Check(*words, _number(line), _number(column), _pair(end), _pair(units))
    _ = found.level  # raises KeyError for a word that is no verdict
    return found


def _number(found: Json) -> int | None:
    return None if found is None else _is(int, found)


def _pair(found: Json) -> tuple[int, int] | None:
    if found is None:
        return None
    first, second = _is(list, found)
    return _is(int, first), _is(int, second)


def _read_part(found: Json) -> Section | Group:
    if "group" in found:
        return Group(_is(str, found["group"]), tuple(map(_read_section, _is(list, found["sections"]))))
    return _read_section(found)


def _read_section(found: Json) -> Section:
    blocks = tuple(map(_read_block, _is(list, found["blocks"])))
    return Section(_is(str, found["heading"]), blocks, _key(found["key"]))


def _read_block(found: Json) -> Block:
    if "line" in found:
        return _read_line(found["line"])
    if "notes" in found:
        return Notes(tuple(_is(str, line) for line in _is(list, found["notes"])), _key(found["key"]))
    if "data" in found:
        return Data(_is(str, found["key"]), _value(found["data"]))
    if "chart" in found:
        return archived_chart.read(found["chart"])
    columns = tuple(Column(_key(heading), _key(key)) for heading, key in _is(list, found["columns"]))
    rows = tuple(_read_row(row, len(columns)) for row in _is(list, found["rows"]))
    return Table(columns, rows, _key(found["key"]), _is(str, found["caption"]), indexed=_is(bool, found["indexed"]))


def _read_row(found: Json, columns: int) -> tuple[Cell, ...]:
    row = tuple(_read_cell(*cell) for cell in _is(list, found))
    if len(row) != columns:
        raise ValueError("it is no document: a row does not fit its columns")
    return row


def _read_cell(text: Json, value: Json, verdict: Json) -> Cell:
    kind: Callable[[str, Json], Cell] = Verdict if _is(bool, verdict) else Shown
    return kind(_is(str, text), _value(value))


def _read_line(found: Json) -> Line:
    facts = (Fact(_is(str, text), _key(key), _value(value)) for text, key, value in _is(list, found["facts"]))
    return Line(tuple(facts), _is(str, found["separator"]))


def _is(kind: type[T], found: Any) -> T:
    """``found``, which must be of this ``kind``. Raises ValueError."""
    if not isinstance(found, kind):
        raise ValueError(f"it is no document: {found!r} is no {kind.__name__}")
    return found


def _value(found: Json) -> Json:
    """``found``, whose numbers must be finite, as those of reports are. Raises ValueError."""
    json.dumps(found, allow_nan=False)
    return found


def _key(found: Json) -> str | None:
    return None if found is None else _is(str, found)
