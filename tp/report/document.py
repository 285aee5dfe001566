"""A document: what a report says, before it is written as text, JSON or HTML.

A part may have a ``key``, its name in JSON; parts without a key are not in JSON. Columns without a heading, facts
without a text and :class:`Data` are in JSON only. Charts are in HTML only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tp.report.cells import Cell, Json
from tp.report.chart import Chart
from tp.report.check import Check


@dataclass(frozen=True, slots=True)
class Fact:
    """A part of a line: ``text`` for people (empty: not shown), ``value`` under ``key`` in JSON (None: left out)."""

    text: str
    key: str | None = None
    value: Json = None


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or a list of settings: facts with a ``separator`` between those that have a text."""

    facts: tuple[Fact, ...]
    separator: str = "; "

    @property
    def text(self) -> str:
        return self.separator.join(f.text for f in self.facts if f.text)


@dataclass(frozen=True, slots=True)
class Notes:
    """A list of sentences; a list of strings in JSON."""

    lines: tuple[str, ...]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Data:
    """A value that is in JSON only."""

    key: str
    value: Json


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its ``heading`` for people (None: not shown) and its ``key`` in JSON (None: left out)."""

    heading: str | None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with one cell for each column; a list of objects in JSON.

    With ``indexed`` it is one object in JSON, whose keys are the values of the first column that has a key.
    ``caption`` names the table in HTML where no heading of a section does, for screen readers.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    key: str | None = None
    caption: str = ""
    indexed: bool = False


Block = Line | Notes | Data | Table | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that belong together. With a ``key`` it is an object in JSON; sections with one key are one object."""

    heading: str
    blocks: tuple[Block, ...]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Sections of one kind, any number of them; a list of objects in JSON, one for each section."""

    key: str
    sections: tuple[Section, ...]


def flat(sections: Iterable[Section | Group]) -> Iterator[Section]:
    """All sections in their order, those of groups among them."""
    for one in sections:
        yield from one.sections if isinstance(one, Group) else (one,)


@dataclass(frozen=True, slots=True)
class Document:
    """A report on one program, or on one folder of results.

    ``checks`` are its verdicts one by one, for the formats of services that run tests.
    """

    title: Line
    sections: tuple[Section | Group, ...]
    checks: tuple[Check, ...] = ()
