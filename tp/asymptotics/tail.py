"""Hill's estimator of the tail index."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from tp.asymptotics.tensors import Floats
from tp.statistics.estimate import Estimate
from tp.statistics.intervals import gamma_interval

SHARE = 0.05
"""The fraction of the values, the largest ones, that the index is estimated from."""


def tail_index(values: Float[Floats, " draws"], confidence: float = 0.99) -> Estimate | None:
    """The a of P(|M| > x) ~ x^(-a), by Hill (1975), from the largest :data:`SHARE` of absolute ``values``.

    Moments of order a and above do not exist. The interval is exact for a Pareto tail, where the logarithms of the
    ratios of the largest values to the next one are exponential variables with the rate a. None with fewer than
    10 such values, or where they are all equal. For light tails the index is large and has no other meaning.
    """
    sizes = np.sort(np.abs(values))
    count = int(SHARE * sizes.size)
    if count < 10 or sizes[-count - 1] <= 0:
        return None
    total = float(np.sum(np.log(sizes[-count:] / sizes[-count - 1])))
    if total <= 0:
        return None
    return gamma_interval(total, count, confidence)
