"""Slopes of logs of typical values against log n, over all widths and over halves of them, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float

from tp.statistics.bootstrap import Bootstrapped
from tp.statistics.estimate import LEVEL, Estimate
from tp.statistics.intervals import Floats, bootstrap_interval
from tp.statistics.quantile_profile import QuantileProfile

TYPICAL = slice(0, 2)
"""Positions of the levels whose geometric mean is the typical value: the median and the 75 % quantile."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """Every slope that a verdict looks at: exponents of n, dimensionless.

    ``lower`` and ``upper`` are the local slopes of the two halves of the widths, ``trend`` is upper minus lower.
    ``upper_quantiles`` has one slope for each level above the median; all others are of typical values.
    """

    overall: Estimate
    lower: Estimate
    upper: Estimate
    trend: Estimate
    upper_quantiles: tuple[Estimate, ...]

    @property
    def tail(self) -> Estimate:
        """The slope of the uppermost quantile."""
        return self.upper_quantiles[-1]


def slopes(data: QuantileProfile, variances: Float[Floats, " widths"], level: float) -> Slopes:
    """The slopes of ``data`` by least squares with weights 1 / ``variances``, with intervals at confidence ``level``.

    Intervals are read at :data:`~tp.statistics.estimate.LEVEL` and widened: resamples are too few to read at ``level``.
    """

    def interval(found: Bootstrapped) -> Estimate:
        return bootstrap_interval(found.value, found.resampled, level, read_at=LEVEL)

    return Slopes(
        overall=interval(data.slope(TYPICAL, None, variances)),
        lower=interval(data.slope(TYPICAL, data.lower_half, variances)),
        upper=interval(data.slope(TYPICAL, data.upper_half, variances)),
        trend=interval(data.trend(TYPICAL, variances)),
        upper_quantiles=tuple(interval(data.slope(k, None, variances)) for k in range(1, len(data.levels))),
    )
