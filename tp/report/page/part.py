"""One result on a page, with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tp.report.document import Document
from tp.report.page.about import About


@dataclass(frozen=True, slots=True)
class Origin:
    """The ``command`` with all its words, when the result was ``made`` (UTC, ISO 8601), and ``versions`` by name.

    What is not known is empty.
    """

    command: Sequence[str] = ()
    made: str = ""
    versions: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Part:
    """A result: its report, its exit code, its origin, its program; ``missing`` are sentences on what is unknown."""

    document: Document
    exit_code: int
    origin: Origin
    about: About | None
    missing: tuple[str, ...] = ()
