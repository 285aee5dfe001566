"""Slopes of log-quantiles against log n, over all widths and over halves of them, with resampled intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEVEL = 0.99
"""Confidence of every interval that a user sees, for one quantity."""
QUANTILES = (0.5, 0.75, 0.9)
"""The median, and the upper quantiles whose slopes may not lie above a confirmed exponent."""
RESAMPLES = 4000
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Estimate:
    """A slope (an exponent of n, dimensionless) with the ends of its confidence interval."""

    value: float
    low: float
    high: float

    def within(self, low: float, high: float) -> bool:
        """Does the whole interval lie in [low, high]?"""
        return low <= self.low and self.high <= high

    def widened(self, factor: float) -> Estimate:
        """The same value with ``factor`` times the distance to both ends."""
        value = self.value
        return Estimate(value, value + factor * (self.low - value), value + factor * (self.high - value))


@dataclass(frozen=True, slots=True)
class Slopes:
    """Every slope that a verdict looks at.

    ``lower`` and ``upper`` are the local slopes of the two halves of the width range, ``trend`` is upper minus
    lower. ``upper_quantiles`` has one slope for each of :data:`QUANTILES` above the median; all others are of it.
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
    """Logs of the quantiles of the samples, and of :data:`RESAMPLES` resamples of them, by width.

    ``found`` is [quantiles, widths], ``draws`` [quantiles, RESAMPLES, widths].
    """

    logs: Floats
    found: Floats
    draws: Floats

    def since(self, first: int) -> Resampled:
        """Without the ``first`` widths."""
        return Resampled(self.logs[first:], self.found[:, first:], self.draws[:, :, first:])


def resampled(widths: Sequence[int], values: Sequence[Floats], seed: int) -> Resampled:
    """Bootstrap quantiles of sorted ``values``, one array for each of ``widths``."""
    draw = np.random.default_rng(seed)
    found = [[quantile(v, q) for v in values] for q in QUANTILES]
    draws = np.stack([_resampled(v, draw) for v in values], axis=2)
    logs = np.log(np.asarray(widths, dtype=np.float64))
    return Resampled(logs, np.log(np.maximum(found, _TINY)), np.log(np.maximum(draws, _TINY)))


def slopes(data: Resampled, level: float = LEVEL) -> Slopes:
    """The slopes of ``data`` with intervals at ``level``."""
    count = len(data.logs)
    low, high = slice(0, count // 2 + 1), slice((count - 1) // 2, count)

    def local(part: slice, which: int = 0) -> tuple[float, Floats]:
        x = data.logs[part]
        return float(_slope(x, data.found[which, part])), _slope(x, data.draws[which][:, part])

    (lower, lowers), (upper, uppers) = local(low), local(high)
    return Slopes(
        overall=_estimate(*local(slice(0, count)), level),
        lower=_estimate(lower, lowers, level),
        upper=_estimate(upper, uppers, level),
        trend=_estimate(upper - lower, uppers - lowers, level),
        upper_quantiles=tuple(_estimate(*local(slice(0, count), i), level) for i in range(1, len(QUANTILES))),
    )


def normal(level: float) -> float:
    """Half the length of a two-sided interval at ``level``, in standard deviations of a normal number."""
    return NormalDist().inv_cdf((1 + level) / 2)


def quantile(values: Floats, q: float) -> float:
    """The ``q``-quantile of sorted ``values``: the median, or the order statistic above it."""
    return float(np.median(values)) if q == 0.5 else float(values[_rank(values.size, q) - 1])


def _slope(x: Floats, y: Floats) -> Floats:
    """Least-squares slopes of the rows of ``y`` [..., k] against ``x`` [k]."""
    centred = x - x.mean()
    return y @ centred / (centred @ centred)


def _estimate(value: float, draws: Floats, level: float) -> Estimate:
    """The interval at :data:`LEVEL` from quantiles of ``draws``, widened to ``level``, for which they are too few."""
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high)).widened(normal(level) / normal(LEVEL))


def _rank(size: int, q: float) -> int:
    """Which order statistic, from 1, is the ``q``-quantile of ``size`` values."""
    return max(1, int(np.ceil(q * size)))


def _resampled(values: Floats, draw: np.random.Generator) -> Floats:
    """Bootstrap draws [quantiles, RESAMPLES] of :data:`QUANTILES` of sorted ``values``, together.

    The r-th smallest of S uniform picks is a Beta variable, and so is, in what is left, a later one, so no index
    array of S entries is needed. The median of an even number is the mean of the two middle ones.
    """
    size = values.size
    middle = [(size + 1) // 2, size // 2 + 1]
    ranks = [*middle, *(_rank(size, q) for q in QUANTILES[1:])]
    last, position = 0, np.zeros(RESAMPLES)
    picked: dict[int, Floats] = {}
    for rank in sorted(set(ranks)):
        position = position + (1 - position) * draw.beta(rank - last, size + 1 - rank, RESAMPLES)
        picked[rank] = values[np.minimum((position * size).astype(np.intp), size - 1)]
        last = rank
    return np.stack([(picked[middle[0]] + picked[middle[1]]) / 2, *(picked[rank] for rank in ranks[2:])])
