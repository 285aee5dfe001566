"""Places in a source text."""

from __future__ import annotations

from dataclasses import dataclass

STANDARD_INPUT = "<stdin>"
"""The name of the file of a program that is read from standard input."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one source line or several; lines and columns count from 1, ends are exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    file: str = "<text>"

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of ``other``."""
        return Span(self.line, self.column, other.end_line, other.end_column, self.file)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
