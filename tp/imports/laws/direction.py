"""Vectors of fixed length in a random direction: an orthogonal matrix of one row or column.

Entries of a long one are independent and normal up to a share of 1/N, and the language has orthogonal matrices only.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np

from tp.imports.laws.quantiles import Fit
from tp.imports.laws.seen import Seen
from tp.ndarray import NDArray

DRAWS = 64
"""How many vectors are drawn."""
FEWEST = 16
"""Entries that a vector has at least."""
LIMIT = 5.5
"""Beyond so many deviations a statistic is not that of a random direction. There are four."""


def direction(draw: Callable[[], NDArray[np.float64]], rounding: float) -> Seen | None:
    """What is seen of a weight with one axis of more than one entry. None where it is no random direction."""
    first = draw()
    if first.size < FEWEST or sum(size > 1 for size in first.shape) != 1:
        return None
    draws = np.array([first.reshape(-1), *(draw().reshape(-1) for _ in range(DRAWS - 1))])
    lengths = np.sqrt((draws**2).sum(1))
    length = float(lengths[0])
    if not length or np.abs(lengths / length - 1).max() > 64.0 * rounding * sqrt(first.size):
        return None
    if not _uniform(draws / length):
        return None
    fit = Fit("normal", 0.0, length / sqrt(first.size), (), 8.0 * rounding)
    return Seen(first.shape, (fit,), direction=True)


def _uniform(unit: NDArray[np.float64]) -> bool:
    """Whether sums, products with the first one, and fourth powers are those of uniform directions."""
    count, size = unit.shape
    # Sums have mean 0 and variance 1; products with a direction, times sqrt(N), as well.
    sums, along = unit.sum(1), unit[1:] @ unit[0] * sqrt(size)
    if abs(float(sums.mean())) * sqrt(count) > LIMIT or abs(float(along.mean())) * sqrt(count - 1) > LIMIT:
        return False
    if abs(float((sums**2).mean()) - 1.0) > LIMIT * sqrt(2.0 / count):
        return False
    fourth = float((unit**4).mean()) * size**2
    return abs(fourth - 3.0 * size / (size + 2.0)) <= LIMIT * sqrt(96.0 / (size * count))
