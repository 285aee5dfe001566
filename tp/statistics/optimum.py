"""Where a curve over a grid of rates is lowest, and how that place drifts with n.

Rates are logs to the base 2. Each draw has a curve of its own, with one lowest place. What is typical of the draws at
one width is the trimmed mean of their places: the outer eighth on either side counts by its rank alone, so that a few
draws that diverge everywhere, or are best beyond the grid, do no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import inf, log, sqrt

import numpy as np
from jaxtyping import Float

from tp.statistics.corrections import SMALL
from tp.statistics.estimate import LEVEL, ROUNDING, Estimate
from tp.statistics.intervals import Floats, deviations

TRIM = 1 / 8
"""The share of draws on either side of which only the rank counts."""
MARGIN = 0.1
"""A drift of the optimum as n^p with |p| up to this counts as none: a factor of 2 where the width grows by 1000."""
RESOLUTION = 0.03
"""The standard deviation, in powers of 2, of the error of interpolation between rates 1/8 apart."""
CORRECTION = 0.5
"""The optimum at finite n may differ from that at large n by a factor 2^(c (n / n_0)^(-CORRECTION))."""
LARGE = 1.0
"""The standard deviation of c that is allowed for where a slope is to be that at large n."""


class Drift(Enum):
    """What the optimum does as n grows."""

    TRANSFERS = "transfers"
    DRIFTS = "drifts"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Place:
    """A typical place: its ``value``, standard ``error`` and degrees of ``freedom``."""

    value: float
    error: float
    freedom: int

    def interval(self, confidence: float = LEVEL) -> Estimate:
        """Student's interval of the place."""
        reach = student(confidence, self.freedom) * sqrt(self.error**2 + RESOLUTION**2)
        return Estimate(self.value, self.value - reach, self.value + reach, confidence)


def lowest(rates: Float[Floats, " rates"], losses: Float[Floats, " rates"]) -> float:
    """The place where ``losses`` at increasing ``rates`` are least, that of a parabola through three of them.

    Losses that are NaN are infinite. It is -∞ or ∞ where the least loss is at an end of the grid, and -∞ where all are
    infinite: then even the smallest rate is too large.
    """
    found = np.where(np.isnan(losses), inf, losses)
    i = int(found.argmin())
    if found[i] == inf or i == 0:
        return -inf
    if i == len(found) - 1:
        return inf
    if found[i - 1] == found[i] == found[i + 1]:
        return float(rates[i])
    left, right = rates[i] - rates[i - 1], rates[i + 1] - rates[i]
    below, above = (_rise(found[i], found[j]) for j in (i - 1, i + 1))
    # The parabola through (-left, below), (0, 0), (right, above) has its vertex here; it may be infinitely steep.
    if below == above == inf:
        return float(rates[i])
    if above == inf:
        return float(rates[i] - left / 2)
    if below == inf:
        return float(rates[i] + right / 2)
    return float(rates[i] + (below * right**2 - above * left**2) / (2 * (below * right + above * left)))


def _rise(least: float, loss: float) -> float:
    """``loss`` minus the ``least`` one, in units of that where it is positive."""
    return float((loss - least) / least) if 0 < least < inf and loss < inf else float(loss - least)


def typical(places: Float[Floats, " draws"], trim: float = TRIM) -> Place | None:
    """The trimmed mean of ``places``, with the error of Tukey and McLaughlin; None where it is not finite.

    Source: Wilcox, "Introduction to robust estimation and hypothesis testing", section 2.3.
    """
    count = len(places)
    cut = int(trim * count)
    ordered = np.sort(places)
    kept = ordered[cut : count - cut]
    if len(kept) < 2 or not np.isfinite(kept).all():
        return None
    winsorised = np.clip(ordered, kept[0], kept[-1])
    error = float(winsorised.std(ddof=1)) / ((1 - 2 * cut / count) * sqrt(count))
    return Place(float(kept.mean()), error, len(kept) - 1)


def most_beyond(count: int, trim: float = TRIM) -> int:
    """How many of ``count`` places may lie beyond the same end of a grid."""
    return int(trim * count)


def drift(widths: Float[Floats, " widths"], places: list[Place], confidence: float = LEVEL) -> Estimate | None:
    """The slope of ``places`` (logs to the base 2 of rates) over log2 n by least squares: an exponent of n.

    Its interval has the errors of all places, those of interpolation, and those of corrections at finite n. The latter
    are shares of about SMALL (:data:`~tp.statistics.corrections.SMALL`) at the least width, which fall as n^(-1/2);
    they are allowed for at :data:`~tp.statistics.estimate.LEVEL`. None for fewer than two widths.
    """
    if len(places) < 2:
        return None
    x = np.log2(np.asarray(widths, dtype=np.float64))
    shares = (x - x.mean()) / float(((x - x.mean()) ** 2).sum())
    slope = float(shares @ np.array([p.value for p in places]))
    drawn = (shares * np.array([p.error for p in places])) ** 2
    interpolated = float((shares**2).sum()) * RESOLUTION**2
    systematic = SMALL / log(2) * float(shares @ 2.0 ** (-CORRECTION * (x - x[0])))
    total = float(drawn.sum()) + interpolated
    # Satterthwaite: the degrees of freedom of a sum of variances, of which that of interpolation is known.
    loose = float((drawn**2 / np.array([p.freedom for p in places])).sum())
    freedom = total**2 / loose if loose > 0 else inf
    squared = student(confidence, freedom) ** 2 * total + deviations(LEVEL) ** 2 * systematic**2
    reach = sqrt(squared) + ROUNDING
    return Estimate(slope, slope - reach, slope + reach, confidence)


def drift_at_large_n(
    widths: Float[Floats, " widths"], places: list[Place], confidence: float = LEVEL
) -> Estimate | None:
    """The slope that remains as n grows: places are a + p log2 n + c (n / n_0)^(-1/2), where c is about :data:`LARGE`.

    Its interval is the wider, the less the places say about c. None for fewer than three widths.
    """
    if len(places) < 3:
        return None
    x = np.log2(np.asarray(widths, dtype=np.float64))
    correction = 2.0 ** (-CORRECTION * (x - x[0]))
    covariance = np.diag([p.error**2 + RESOLUTION**2 for p in places]) + LARGE**2 * np.outer(correction, correction)
    design = np.stack([np.ones_like(x), x], axis=1)
    weighed = np.linalg.solve(covariance, design)
    spread = np.linalg.inv(design.T @ weighed)
    slope = float((spread @ weighed.T @ np.array([p.value for p in places]))[1])
    reach = student(confidence, min(p.freedom for p in places)) * sqrt(float(spread[1, 1]))
    return Estimate(slope, slope - reach, slope + reach, confidence)


def decided(found: Estimate | None, limit: Estimate | None, margin: float = MARGIN) -> Drift:
    """What a drift with the interval ``found`` is, where ``limit`` is that at large n.

    The optimum transfers where the interval holds 0 and lies within the ``margin``, and the limit may do so, too. It
    drifts where neither interval holds 0, and the drift is larger than the margin. All else may be one of finite n.
    """
    if found is None or limit is None:
        return Drift.UNDECIDED
    if found.low <= 0 <= found.high:
        still = found.within(-margin, margin) and limit.low <= margin and limit.high >= -margin
        return Drift.TRANSFERS if still else Drift.UNDECIDED
    drifts = abs(found.value) > margin and (limit.low > 0 or limit.high < 0)
    return Drift.DRIFTS if drifts else Drift.UNDECIDED


def student(confidence: float, freedom: float) -> float:
    """Half the length of a two-sided interval of Student's law with ``freedom`` degrees."""
    from scipy.special import stdtrit  # loaded when something is measured: it takes 0.3 s

    return deviations(confidence) if freedom == inf else float(stdtrit(freedom, (1 + confidence) / 2))
