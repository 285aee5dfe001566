"""Quantiles as order statistics, and the levels that a number of draws supports."""

from __future__ import annotations

from math import ceil

from jaxtyping import Float

from tp.statistics.intervals import Floats

TYPICAL_LEVELS = (0.5, 0.525, 0.55, 0.575, 0.6, 0.625, 0.65, 0.675, 0.7, 0.725, 0.75)
"""The typical size is the geometric mean of the quantiles at these levels, from the median to the upper quartile.

Several of them vary less than one, above all for values that are discrete.
"""
QUANTILES = (*TYPICAL_LEVELS, 0.9)
"""Those, and an upper quantile whose slope may not lie above a confirmed exponent."""
UPPER_QUANTILE = QUANTILES[-1]
BEYOND = 20
"""A quantile needs this many draws on either side of it."""


def rank(level: float, count: int) -> int:
    """The number, from 1, of the order statistic of ``count`` values that is their quantile at ``level``.

    It is the smallest value at which the empirical distribution function is ``level`` or more.
    """
    return min(count, max(1, ceil(round(level * count, 9))))


def quantile(ordered: Float[Floats, " draws"], level: float) -> float:
    """The quantile at ``level`` of values in increasing order."""
    return float(ordered[rank(level, ordered.size) - 1])


def supported(level: float, count: int) -> bool:
    """Whether ``count`` draws leave :data:`BEYOND` of them on either side of the quantile at ``level``."""
    return min(level, 1 - level) * count >= BEYOND - 1e-9


def unseen(count: int) -> float:
    """The probability of events that are too rare for ``count`` draws: 1 minus the highest level they support."""
    return min(1.0, BEYOND / count)
