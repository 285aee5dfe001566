"""Which stored segments of numbered draws together hold the draws of a call."""

from __future__ import annotations

from collections.abc import Iterable

Segment = tuple[int, int]
"""The numbers of the first draw and of the draw after the last."""


def cover(segments: Iterable[Segment], start: int, end: int) -> list[Segment] | None:
    """Segments that together contain all of [start, end), in increasing order; None where a draw is in no segment.

    They may overlap and may reach beyond both ends. From ``start`` on, the segment that reaches furthest is taken.
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
