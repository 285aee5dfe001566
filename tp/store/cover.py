"""Draws are numbered, so stored segments serve whatever the grouping was when they were drawn."""

from __future__ import annotations

from collections.abc import Iterable

Segment = tuple[int, int]
"""First draw, and the one after the last."""


def cover(segments: Iterable[Segment], start: int, end: int) -> list[Segment] | None:
    """Whole segments that make up [start, end) without a gap; None where there are none.

    They may overlap, and the outer ones may reach over the ends: of each only what is new is used. At every point the
    one that reaches furthest is taken.
    """
    reaching = sorted(s for s in segments if s[1] > start and s[0] < end)
    found: list[Segment] = []
    at, i = start, 0
    while at < end:
        best = at
        chosen: Segment | None = None
        while i < len(reaching) and reaching[i][0] <= at:
            if reaching[i][1] > best:
                best, chosen = reaching[i][1], reaching[i]
            i += 1
        if chosen is None:
            return None
        found.append(chosen)
        at = best
    return found
