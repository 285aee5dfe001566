"""Slopes of logs of typical values against log n, over all widths and over halves of them, with resampled intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tp.asymptotics.profile import picks, rank
from tp.statistics.estimate import Estimate
from tp.statistics.intervals import bootstrap_interval

Floats = npt.NDArray[np.float64]

LEVEL = 0.99
"""Confidence of all intervals of one table together."""
QUANTILES = (0.5, 0.75, 0.9)
"""The median, and the upper quantiles whose slopes may not lie above a confirmed exponent."""
TYPICAL = 2
"""A typical value is the geometric mean of so many quantiles, from the median up: less noisy than the median alone."""
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Slopes:
    """Every slope that a verdict looks at: exponents of n, dimensionless.

    ``lower`` and ``upper`` are the local slopes of the two halves of the width range, ``trend`` is upper minus
    lower. ``upper_quantiles`` has one slope for each of :data:`QUANTILES` above the median; all others are of
    typical values.
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


@dataclass(frozen=True, slots=True)
class Resampled:
    """Logs of the quantiles of the samples, and of bootstrap resamples of them, by width.

    ``found`` is [quantiles, widths], ``draws`` [quantiles, widths, resamples].
    """

    logs: Floats
    found: Floats
    draws: Floats

    def typical(self) -> tuple[Floats, Floats]:
        """Logs of typical values [widths], and of those of the resamples [widths, resamples]."""
        return self.found[:TYPICAL].mean(axis=0), self.draws[:TYPICAL].mean(axis=0)

    def since(self, first: int) -> Resampled:
        """Without the ``first`` widths."""
        return Resampled(self.logs[first:], self.found[:, first:], self.draws[:, first:])


def resampled(widths: Sequence[int], values: Sequence[Floats]) -> Resampled:
    """Quantiles of sorted ``values``, one array for each of ``widths``, and joint resamples of them."""
    found = np.stack([[quantile(v, q) for q in QUANTILES] for v in values], axis=1)
    chosen = picks(tuple(v.size for v in values), QUANTILES, 0)
    draws = np.stack([v[pick] for v, pick in zip(values, chosen, strict=True)], axis=1)
    logs = np.log(np.asarray(widths, dtype=np.float64))
    return Resampled(logs, np.log(np.maximum(found, _TINY)), np.log(np.maximum(draws, _TINY)))


def slopes(data: Resampled, variances: Floats, level: float) -> Slopes:
    """The slopes of ``data`` by least squares with weights 1 / ``variances`` [widths], with intervals at ``level``."""
    count = len(data.logs)
    whole, low, high = slice(0, count), slice(0, count // 2 + 1), slice((count - 1) // 2, count)

    def local(part: slice, values: tuple[Floats, Floats]) -> tuple[float, Floats]:
        x, weights = data.logs[part], 1 / variances[part]
        weights = weights * (x - weights @ x / weights.sum())
        weights = weights / (weights @ x)
        found, draws = values
        return float(weights @ found[part]), weights @ draws[part]

    typical = data.typical()
    (lower, lowers), (upper, uppers) = local(low, typical), local(high, typical)
    return Slopes(
        overall=_estimate(*local(whole, typical), level),
        lower=_estimate(lower, lowers, level),
        upper=_estimate(upper, uppers, level),
        trend=_estimate(upper - lower, uppers - lowers, level),
        upper_quantiles=tuple(
            _estimate(*local(whole, (data.found[i], data.draws[i])), level) for i in range(1, len(QUANTILES))
        ),
    )


def quantile(values: Floats, q: float) -> float:
    """The ``q``-quantile of sorted ``values``: the least value that the empirical distribution reaches it with."""
    return float(values[rank(q, values.size) - 1])


def _estimate(value: float, draws: Floats, level: float) -> Estimate:
    """The interval at ``level``, read at :data:`LEVEL`: the resamples are too few for more."""
    return bootstrap_interval(value, draws, level, read_at=LEVEL)
