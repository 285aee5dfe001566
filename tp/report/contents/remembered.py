"""A report that was stored."""

from __future__ import annotations

from typing import Protocol

from tp.report.document import Document


class Held(Protocol):
    """A result of which the report is known."""

    @property
    def document(self) -> Document: ...


def document(result: Held) -> Document:
    return result.document
