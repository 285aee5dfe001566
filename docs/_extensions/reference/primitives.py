"""A page for every primitive: its type, and its meaning in every interpretation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from reference.entry import Entry, Kind, sections, table
from reference.prose import docstring, inline, prose
from reference.rules import file_of
from tp.graph.interpretation import Interpretation
from tp.graph.operation import Derivative, Operation
from tp.orders.bounds.rules import NORM_RULES
from tp.orders.typical.rules import RULES
from tp.primitives import known
from tp.primitives.interpretations import bounds, lowering, transposition, typical

_MEANINGS: Mapping[str, Interpretation[Any]] = {
    "Arrays": lowering, "Adjoint": transposition, "Typical orders": typical, "Bounds": bounds,
}  # fmt: skip
_DEPENDS = {
    Derivative.CONSTANT: "has no operands, or its derivative vanishes",
    Derivative.LINEAR: "is linear in all operands together",
    Derivative.BILINEAR: "is linear in each of its two operands",
    Derivative.MULTILINEAR: "is linear in each operand but the first, and smooth in that one",
    Derivative.PLACED: "is linear in its last operand; the first says at which places",
    Derivative.POINTWISE: "applies a function of numbers to every entry of its operand",
}


def entries() -> Iterable[Entry]:
    links = {name: f"../rules/{file_of(name)}.md" for name in (*RULES, *NORM_RULES)}
    for keyword, kind in known().items():
        meanings = [(heading, _meaning(kind, table_, links)) for heading, table_ in _MEANINGS.items()]
        yield Entry(
            keyword,
            inline(kind.summary),
            f"{prose(docstring(kind))}\n\nIt {_DEPENDS[kind.derivative]}.",
            (
                *sections(("Settings", table(_settings(kind), ["setting", "type", "default"]))),
                ("Type", prose(docstring(kind.infer))),
                *meanings,
            ),
        )


def _settings(kind: type[Operation]) -> Iterable[tuple[str, str, str]]:
    for f in fields(kind):
        default = "" if f.default is MISSING else f"`{f.default!r}`"
        yield f"`{f.name}`", f"`{f.type}`", default


def _meaning(kind: type[Operation], interpretation: Interpretation[Any], links: Mapping[str, str]) -> str:
    """The docstring of the rule, or why there is none."""
    if kind in interpretation.refused:
        return f"Refused: {inline(interpretation.refused[kind])}."
    return prose(docstring(interpretation.rules[kind]), links)


KIND = Kind(
    "primitives",
    "Primitives",
    "The operations that graphs are made of, with their meaning in every interpretation.",
    entries,
)
