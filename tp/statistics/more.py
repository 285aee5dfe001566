"""What would help to decide an open verdict: more seeds, larger widths, both or neither."""

from __future__ import annotations

from enum import Flag, auto


class More(Flag):
    """More seeds at the same widths, larger widths, both, or :data:`NOTHING`.

    ``REACH``: the verdict does not need larger widths, but they would extend its range.
    """

    NOTHING = 0
    SEEDS = auto()
    WIDTHS = auto()
    REACH = auto()

    @property
    def cheapest(self) -> More:
        """These flags, with WIDTHS replaced by REACH where SEEDS is set: seeds can then decide the verdict."""
        both = More.SEEDS | More.WIDTHS
        return More.SEEDS | More.REACH if both in self else self


MOST_SEEDS = 1024
"""The most seeds at the largest width. Where a verdict needs more, seeds are not asked for."""
