"""Which names an expression mentions."""

from __future__ import annotations

from collections.abc import Iterator

from tp.syntax import tree as t


def mentioned(part: object) -> Iterator[str]:
    """The names in an expression, from left to right, each as often as it occurs."""
    if isinstance(part, t.Name):
        yield part.text
    elif isinstance(part, t.Syntax):
        for field in part.fields:
            yield from mentioned(getattr(part, field))
    elif isinstance(part, tuple):
        for item in part:
            yield from mentioned(item)
