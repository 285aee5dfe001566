"""What would help to decide an open verdict: more seeds, larger widths, both or neither."""

from __future__ import annotations

from enum import Flag, auto


class More(Flag):
    """More seeds at the same widths, larger widths, both, or :data:`NOTHING`.

    ``REACH``: nothing is open, but larger widths would show whether it holds there, too.
    """

    NOTHING = 0
    SEEDS = auto()
    WIDTHS = auto()
    REACH = auto()

    @property
    def cheapest(self) -> More:
        """The same, where more seeds do as well as larger widths: these would only extend what is then known."""
        both = More.SEEDS | More.WIDTHS
        return More.SEEDS | More.REACH if both in self else self


MOST_SEEDS = 1024
"""The most seeds at the largest width. Where a verdict needs more, seeds are not asked for."""
