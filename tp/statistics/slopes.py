"""Slopes of logs of typical values against log n, over all widths and over parts of them, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from tp.statistics.bootstrap import Bootstrapped
from tp.statistics.estimate import LEVEL, Estimate
from tp.statistics.intervals import Floats, bootstrap_interval
from tp.statistics.quantile_profile import QuantileProfile
from tp.statistics.quantiles import TYPICAL_LEVELS

TYPICAL = slice(0, len(TYPICAL_LEVELS))
"""Positions of the levels whose geometric mean is the typical value."""
DECADE = 10
"""The last decade is made of the widths that are at least the largest one divided by this."""
DRIFT = 0.9
"""The confidence of the intervals of the last slope and of its drift: two-sided, so 95 % on either side."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """Every slope that a verdict looks at: exponents of n, dimensionless.

    ``lower`` and ``upper`` are the local slopes of the two halves of the widths, ``trend`` is upper minus lower.
    ``last`` is the slope over the last decade of widths, and ``drift`` is what it exceeds that over the decade before
    by, both at the confidence :data:`DRIFT`. ``tail`` is the slope of the 90 % quantile; all others are of
    typical values. ``rise`` is what ``tail`` exceeds the slope of typical values by. ``narrowing`` is the decrease of
    the log of the ratio of the 90 % quantile to the median, from the lower to the upper half of the widths, and
    ``spread`` that log in the upper half; both dimensionless.
    """

    overall: Estimate
    lower: Estimate
    upper: Estimate
    trend: Estimate
    last: Estimate
    drift: Estimate
    tail: Estimate
    rise: Estimate
    narrowing: float
    spread: float


def slopes(data: QuantileProfile, variances: Float[Floats, " widths"], level: float) -> Slopes:
    """The slopes of ``data`` by least squares with weights 1 / ``variances``, with intervals at confidence ``level``.

    Intervals are read at :data:`~tp.statistics.estimate.LEVEL` and widened: resamples are too few to read at ``level``.
    """

    def interval(found: Bootstrapped) -> Estimate:
        return bootstrap_interval(found.value, found.resampled, level, read_at=LEVEL)

    late, before = decades(data)
    overall, tail = data.slope(TYPICAL, None, variances), data.slope(len(data.levels) - 1, None, variances)
    last = data.slope(TYPICAL, late, variances)
    spreads = data.logs[-1] - data.logs[0]
    lower, upper = float(spreads[data.lower_half].mean()), float(spreads[data.upper_half].mean())
    return Slopes(
        overall=interval(overall),
        lower=interval(data.slope(TYPICAL, data.lower_half, variances)),
        upper=interval(data.slope(TYPICAL, data.upper_half, variances)),
        trend=interval(data.trend(TYPICAL, variances)),
        last=last.interval(DRIFT),
        drift=(last - data.slope(TYPICAL, before, variances)).interval(DRIFT),
        tail=interval(tail),
        rise=interval(tail - overall),
        narrowing=lower - upper,
        spread=upper,
    )


def decades(data: QuantileProfile) -> tuple[slice, slice]:
    """Positions of the widths of the last decade, and of the decade before; each has two widths at least.

    The decade before ends where the last one begins. With two widths in all both are the same.
    """
    widths = np.array(data.widths)
    first = min(int(np.searchsorted(widths, widths[-1] / DECADE)), len(widths) - 2)
    start = int(np.searchsorted(widths, widths[first] / DECADE))
    return slice(first, len(widths)), slice(min(start, max(first - 1, 0)), max(first, 1) + 1)
