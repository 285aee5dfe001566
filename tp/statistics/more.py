"""What would help where something is open."""

from __future__ import annotations

from enum import Flag, auto


class More(Flag):
    """More seeds at the same widths, larger widths, both, or :data:`NOTHING`."""

    NOTHING = 0
    SEEDS = auto()
    WIDTHS = auto()
