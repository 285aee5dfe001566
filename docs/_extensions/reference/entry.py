"""An entry of the reference, and its page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

Section = tuple[str, str]
"""A heading and its text in Markdown; sections without text are left out by :func:`sections`."""


@dataclass(frozen=True)
class Entry:
    """One page. ``name`` is what a reader looks for, ``summary`` one sentence in Markdown.

    ``body`` is the text below the title and above the sections. Raises ValueError for an entry without text.
    """

    name: str
    summary: str
    body: str
    sections: Sequence[Section] = ()
    title: str = ""

    def __post_init__(self) -> None:
        for heading, text in (("the page", self.body), ("the summary", self.summary), *self.sections):
            if not text.strip():
                raise ValueError(f"{heading} of {self.name} is empty")

    @property
    def file(self) -> str:
        """The name of the file, without its ending."""
        return "".join(c if c.isalnum() or c == "_" else "-" for c in self.name)

    def page(self, kind: Kind) -> str:
        """The page, which no list of pages has: the table of its kind leads to it."""
        parts = [
            "---\norphan: true\n---",
            f"# {self.title or f'`{self.name}`'}",
            f"[Reference](../index.md) › [{kind.title}](index.md)",
            self.body,
            *(f"## {heading}\n\n{text}" for heading, text in self.sections),
        ]
        return "\n\n".join(part.strip() for part in parts) + "\n"


@dataclass(frozen=True)
class Kind:
    """A kind of entries: the folder of their pages, a title, what is said above their table, and the entries."""

    folder: str
    title: str
    about: str
    entries: Callable[[], Iterable[Entry]] = field(repr=False)

    def index(self, entries: Iterable[Entry]) -> str:
        """The page with the table of all ``entries``."""
        rows = "\n".join(f"| [`{cell(e.name)}`]({e.file}.md) | {cell(e.summary)} |" for e in entries)
        return f"# {self.title}\n\n{self.about}\n\n| | |\n|---|---|\n{rows}\n"


def cell(text: str) -> str:
    """Text for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def sections(*found: Section) -> list[Section]:
    """Those of the sections that have a text."""
    return [(heading, text) for heading, text in found if text.strip()]


def table(rows: Iterable[Sequence[str]], head: Sequence[str]) -> str:
    """A table in Markdown; empty where there are no rows."""
    lines = ["| " + " | ".join(cell(c) for c in row) + " |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *lines]) if lines else ""


def fenced(text: str, language: str = "text") -> str:
    """A block of code."""
    return f"```{language}\n{text.rstrip()}\n```"
