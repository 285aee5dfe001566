"""What would help to decide an open verdict: more seeds, larger widths, both or neither."""

from enum import Flag, auto


class More(Flag):
    """More seeds at the same widths, larger widths, both, or :data:`NOTHING`."""

    NOTHING = 0
    SEEDS = auto()
    WIDTHS = auto()


MOST_SEEDS = 512
"""The most seeds at the largest width. Where a verdict needs more, seeds are not asked for."""
