"""Documents as strict JSON: no NaN or infinities, exponents as exact rationals in strings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from tp.report.cells import Json
from tp.report.chart import Chart
from tp.report.document import Block, Data, Document, Fact, Group, Line, Notes, Table


def render(documents: Sequence[Document]) -> str:
    """One document as an object, several as an array. Raises ValueError for a number that JSON does not have."""
    values = [value(d) for d in documents]
    text = json.dumps(values[0] if len(values) == 1 else values, indent=2, allow_nan=False, ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", lambda lone: f"\\u{ord(lone[0]):04x}", text)


def value(document: Document) -> dict[str, Json]:
    """``document`` as one object. Raises ValueError for a key that is there twice."""
    found = _facts(document.title.facts)
    for section in document.sections:
        if isinstance(section, Group):
            _put(found, section.key, [_object(s.blocks) for s in section.sections])
        else:
            inner = found if section.key is None else found.setdefault(section.key, {})
            for key, one in _object(section.blocks).items():
                _put(inner, key, one)
    return found


def _object(blocks: Iterable[Block]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for block in blocks:
        for key, one in _pairs(block):
            _put(found, key, one)
    return found


def _pairs(block: Block) -> Iterator[tuple[str, Json]]:
    match block:
        case Line():
            yield from _facts(block.facts).items()
        case Data():
            yield block.key, block.value
        case Notes():
            if block.key is not None:
                yield block.key, list(block.lines)
        case Table():
            if block.key is not None:
                yield block.key, _table(block)
        case Chart():
            pass


def _facts(facts: Iterable[Fact]) -> dict[str, Json]:
    return {fact.key: fact.value for fact in facts if fact.key is not None}


def _table(table: Table) -> Json:
    keys = [column.key for column in table.columns]
    rows = [{k: cell.value for k, cell in zip(keys, row, strict=True) if k is not None} for row in table.rows]
    if not table.indexed:
        return rows
    index = next(key for key in keys if key is not None)
    return {str(row.pop(index)): row for row in rows}


def _put(found: dict[str, Json], key: str, one: Json) -> None:
    if key in found:
        raise ValueError(f"the key {key} is there twice")
    found[key] = one
