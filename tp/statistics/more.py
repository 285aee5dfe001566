"""What would help where a verdict is open: more seeds, larger widths, both or neither."""

from enum import Flag, auto


class More(Flag):
    """More seeds at the same widths, larger widths, both, or :data:`NOTHING`."""

    NOTHING = 0
    SEEDS = auto()
    WIDTHS = auto()


MOST_SEEDS = 512
"""Seeds at the largest width: a verdict that needs more is not helped by seeds."""
