"""A document: what a report says, before it is written as text, JSON or HTML.

Everything may carry a ``key``, its name in JSON. What has no key is for people alone; a column without a heading, a
fact without a text and :class:`Data` are for programs alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from tp.report.cells import Cell, Json


@dataclass(frozen=True, slots=True)
class Fact:
    """A part of a line: ``text`` for people (empty: not said), ``value`` under ``key`` in JSON (None: not there)."""

    text: str
    key: str | None = None
    value: Json = None


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or a list of settings: facts with a ``separator`` between those that are said."""

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
    """A value that only programs read."""

    key: str
    value: Json


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its ``heading`` for people (None: not shown) and its ``key`` in JSON (None: not there)."""

    heading: str | None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with one cell for each column; a list of objects in JSON.

    With ``indexed`` it is one object in JSON, whose keys are the values of the first column that has a key.
    ``caption`` names the table where no heading of a section does, for readers who cannot see the layout.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    key: str | None = None
    caption: str = ""
    indexed: bool = False


Block = Line | Notes | Data | Table


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


@dataclass(frozen=True, slots=True)
class Document:
    """A report on one program, or on one folder of results."""

    title: Line
    sections: tuple[Section | Group, ...]
