"""The report of ``tp report`` without a run: the runs that are stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from tp.report.cells import Shown, Text
from tp.report.document import Document, Fact, Line, Section
from tp.report.fields import Field, table
from tp.store.runs import Content, Entry


class Row(Protocol):
    """A run; ``content`` is None where it is damaged."""

    @property
    def entry(self) -> Entry: ...
    @property
    def content(self) -> Content | None: ...
    @property
    def problem(self) -> str: ...


class Held(Protocol):
    """The runs in the folder ``place``."""

    @property
    def place(self) -> Path: ...
    def rows(self) -> Sequence[Row]: ...


RUN: tuple[Field[Row], ...] = (
    Field("run", "run", lambda r: Shown(r.entry.short, r.entry.name.question)),
    Field("command", "command", lambda r: Text(r.entry.name.about)),
    Field("program", "program", lambda r: Text(_program(r))),
    Field("date (UTC)", "made", lambda r: Shown("" if r.content is None else _date(r.content.made), _made(r))),
    Field("exit code", "exit_code", lambda r: _code(r)),
    Field(None, "words", lambda r: Shown("", _words(r))),
    Field(None, "problem", lambda r: Shown("", r.problem or None)),
)


def document(held: Held) -> Document:
    rows = held.rows()
    return Document(
        Line((Fact(str(held.place), "folder", str(held.place)),)), (Section("", (table(RUN, rows, "runs", "runs"),)),)
    )


def _program(row: Row) -> str:
    return ", ".join(row.entry.called) or row.entry.name.program if row.content is None else row.content.program


def _made(row: Row) -> str | None:
    return None if row.content is None else row.content.made


def _date(made: str) -> str:
    """The date and the time to the minute."""
    return made[:16].replace("T", " ")


def _code(row: Row) -> Shown:
    code = None if row.content is None else row.content.answer.get("exit_code")
    return Shown("damaged", None) if code is None else Shown(str(code), code)


def _words(row: Row) -> list[str] | None:
    return None if row.content is None or row.content.run is None else list(row.content.run.command)
