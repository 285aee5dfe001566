"""The assumptions that a result rests on."""

from __future__ import annotations

from collections.abc import Iterable

from tp.report.document import Notes, Section


def assumptions(found: Iterable[str]) -> Section:
    return Section("assumptions", (Notes(tuple(found), "assumptions"),))
