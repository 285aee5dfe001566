"""The report on a program of which nothing is known, since the command ended before."""

from __future__ import annotations

from typing import Protocol

from tp.report.contents.checks import unfinished_check
from tp.report.contents.provenance import named
from tp.report.document import Document, Line, Notes, Section


class NotKnown(Protocol):
    """A program that was not come to."""

    @property
    def program(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def why(self) -> str: ...


def document(found: NotKnown) -> Document:
    check = unfinished_check(found.program, found.file, found.why)
    return Document(Line(named(found.program, found.file), " "), (Section("", (Notes((found.why,)),)),), (check,))
