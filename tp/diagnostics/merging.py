"""Diagnostics as a reader wants them: what is wrong at several places is said once, and no place is shown twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tp.diagnostics.diagnostic import Diagnostic, Label
from tp.diagnostics.span import Span

_MOST_PLACES = 2


def merged(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Equal findings as one, in the order of their first places.

    The other places become labels, of which at most two are shown; the last one counts the rest.
    """
    groups: dict[tuple[str, str, str | None], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        key = (diagnostic.code, diagnostic.message, diagnostic.hint)
        groups.setdefault(key, []).append(diagnostic)
    return [_one(group) for group in groups.values()]


def _one(group: list[Diagnostic]) -> Diagnostic:
    """The first diagnostic of ``group`` with the places of the others."""
    first = group[0]
    places = {first.span}
    labels: list[Label] = []
    for label in first.labels:
        if label.span not in places:
            places.add(label.span)
            labels.append(label)
    more: list[Span] = []
    for other in group[1:]:
        if other.span is not None and other.span not in places:
            places.add(other.span)
            more.append(other.span)
    for count, span in enumerate(more[:_MOST_PLACES], 1):
        rest = len(more) - count if count == _MOST_PLACES else 0
        labels.append(
            Label(span, f"here too, and at {rest} more place{'s' if rest > 1 else ''}" if rest else "here too")
        )
    return first if tuple(labels) == first.labels else replace(first, labels=tuple(labels))
