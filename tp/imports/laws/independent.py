"""Whether the entries of drawn weights are independent and have one law, as far as tests tell.

Entries are replaced by normal scores, so that nothing depends on their law.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from tp.ndarray import NDArray

LIMIT = 6.0
"""How many deviations the largest of all statistics may be off: one of 10^6 normal variables is, once in 500 times."""
LARGEST = 512
"""At most so many rows are compared with one another."""


def dependence(draws: NDArray[np.float64]) -> str | None:
    """What speaks against independent entries of one law, in words; None if nothing does. ``draws``: [draw, ...]."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    values = draws.reshape(-1)
    if _repeated(np.abs(draws[0]).reshape(-1)):
        return "entries have equal values"
    y = ndtri((rankdata(values) - 0.5) / len(values)).reshape(draws.shape)
    count = draws.shape[0]
    for axis in range(1, draws.ndim):
        rows = np.moveaxis(y, axis, 1).reshape(count, draws.shape[axis], -1)
        many, length = rows.shape[1:]
        if np.abs(rows.mean((0, 2))).max() * sqrt(count * length) > LIMIT:
            return f"means differ along axis {axis - 1}"
        if np.abs((rows**2).mean((0, 2)) - 1.0).max() * sqrt(count * length / 2.0) > LIMIT:
            return f"variances differ along axis {axis - 1}"
        some = rows[:, :LARGEST]
        products = np.einsum("kil,kjl->ij", some, some) / (count * length)
        np.fill_diagonal(products, 0.0)
        if np.abs(products).max() * sqrt(count * length) > LIMIT:
            return f"entries are correlated along axis {axis - 1}"
        # Sums of squares of rows vary by chance, unless rows are normalised.
        sums = (rows**2).sum(2)
        if length > 1 and abs(sums.var() / (2.0 * length) - 1.0) > LIMIT * sqrt((2.0 + 12.0 / length) / (count * many)):
            return f"sizes of rows along axis {axis - 1} are not those of independent entries"
    return None


def _repeated(sizes: NDArray[np.float64]) -> bool:
    """Whether more numbers are equal than in single precision by chance."""
    share = len(sizes) / 2.0**22
    by_chance = float(-np.expm1(-share)) / share
    return len(np.unique(sizes)) < 0.95 * by_chance * len(sizes) - 1
