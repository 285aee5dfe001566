"""Exponents from samples: slopes of log|q| against log n, with resampled confidence intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEVEL = 0.99
"""Confidence of every interval that a user sees."""
QUICK_LEVEL = 0.9
"""Confidence at which a drift of the local slope is suspected; low, so that it is noticed early."""
UPPER_QUANTILE = 0.9
RESAMPLES = 4000
RANGE = 8
"""The least ratio of the largest to the smallest width that a verdict rests on."""
ROUNDING = 32.0
"""Samples all below this many floors are rounding noise around an exact zero."""
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


@dataclass(frozen=True, slots=True)
class Slopes:
    """Every slope that a verdict looks at.

    ``lower`` and ``upper`` are the local slopes of the two halves of the width range, ``trend`` is upper minus
    lower and ``drift`` the same at the lower confidence :data:`QUICK_LEVEL`. ``tail`` is the slope of the upper
    quantile; all others are of the median.
    """

    overall: Estimate
    lower: Estimate
    upper: Estimate
    trend: Estimate
    drift: Estimate
    tail: Estimate


@dataclass(frozen=True, slots=True)
class Fit:
    """What the samples of one quantity say. ``slopes`` is None when ``vanishes`` or where there is a ``problem``.

    ``slopes`` are those of all widths, ``late`` those from the width ``start`` on: the smallest widths are left out
    of it while the local slope seems to drift, as long as a factor of :data:`RANGE` remains.
    """

    widths: tuple[int, ...]
    seeds: tuple[int, ...]
    medians: tuple[float, ...]
    quantiles: tuple[float, ...]
    vanishes: bool = False
    problem: str | None = None
    slopes: Slopes | None = None
    late: Slopes | None = None
    start: int = 0


def fit(samples: Mapping[int, npt.ArrayLike], floors: Mapping[int, float] | None = None, *, seed: int = 0) -> Fit:
    """Fit the exponent of a quantity from absolute values ``samples[n]``, one per seed.

    ``floors[n]`` is the rounding error to expect at width n (0 where missing): a quantity that never exceeds
    :data:`ROUNDING` times its floor vanishes, and one whose median lies below the floor at some width gives no
    slope. Values that are not finite never give one. Raises ValueError without samples.
    """
    widths = tuple(sorted(samples))
    values = [np.sort(np.abs(np.asarray(samples[n], dtype=np.float64)).ravel()) for n in widths]
    if not widths or any(v.size == 0 for v in values):
        raise ValueError("a fit needs samples at every width")
    seeds = tuple(v.size for v in values)
    bad = [n for n, v in zip(widths, values, strict=True) if not np.isfinite(v).all()]
    if bad:
        nan = float("nan")
        problem = f"values that are not finite at n = {_listed(bad)}"
        return Fit(widths, seeds, (nan,) * len(widths), (nan,) * len(widths), problem=problem)
    medians = tuple(float(np.median(v)) for v in values)
    quantiles = tuple(float(v[_rank(v.size) - 1]) for v in values)
    floor = [0.0 if floors is None else floors.get(n, 0.0) for n in widths]
    if all(v[-1] <= ROUNDING * f for v, f in zip(values, floor, strict=True)):
        return Fit(widths, seeds, medians, quantiles, vanishes=True)
    lost = [n for n, m, f in zip(widths, medians, floor, strict=True) if m <= f]
    if lost:
        problem = f"at the level of rounding at n = {_listed(lost)}"
        return Fit(widths, seeds, medians, quantiles, problem=problem)
    if len(widths) < 3:
        return Fit(widths, seeds, medians, quantiles, problem="a slope needs at least 3 widths")
    everything = late = _slopes(widths, values, medians, quantiles, seed)
    first = 0
    while _bends(late) and len(widths) - first > 3 and widths[-1] >= RANGE * widths[first + 1]:
        first += 1
        late = _slopes(widths[first:], values[first:], medians[first:], quantiles[first:], seed)
    return Fit(widths, seeds, medians, quantiles, slopes=everything, late=late, start=widths[first])


def _bends(slopes: Slopes) -> bool:
    return slopes.drift.low > 0 or slopes.drift.high < 0


def _slopes(
    widths: Sequence[int], values: Sequence[Floats], medians: Sequence[float], quantiles: Sequence[float], seed: int
) -> Slopes:
    draw = np.random.default_rng(seed)
    centre = np.stack([np.log(_resampled_median(v, draw)) for v in values], axis=1)
    tails = np.stack([np.log(_resampled_order(v, _rank(v.size), draw)) for v in values], axis=1)
    logs = np.log(np.asarray(widths, dtype=np.float64))
    middle, top = np.log(np.asarray(medians)), np.log(np.asarray(quantiles))
    count = len(widths)
    low, high = slice(0, count // 2 + 1), slice((count - 1) // 2, count)

    def local(part: slice) -> tuple[float, Floats]:
        return float(_slope(logs[part], middle[part])), _slope(logs[part], centre[:, part])

    (lower, lowers), (upper, uppers) = local(low), local(high)
    return Slopes(
        overall=_estimate(*local(slice(0, count)), LEVEL),
        lower=_estimate(lower, lowers, LEVEL),
        upper=_estimate(upper, uppers, LEVEL),
        trend=_estimate(upper - lower, uppers - lowers, LEVEL),
        drift=_estimate(upper - lower, uppers - lowers, QUICK_LEVEL),
        tail=_estimate(float(_slope(logs, top)), _slope(logs, tails), LEVEL),
    )


def _slope(x: Floats, y: Floats) -> Floats:
    """Least-squares slopes of the rows of ``y`` [..., k] against ``x`` [k]."""
    centred = x - x.mean()
    return y @ centred / (centred @ centred)


def _estimate(value: float, resampled: Floats, level: float) -> Estimate:
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high))


def _rank(size: int) -> int:
    """Which order statistic, from 1, is the upper quantile of ``size`` values."""
    return max(1, int(np.ceil(UPPER_QUANTILE * size)))


def _resampled_order(values: Floats, rank: int, draw: np.random.Generator) -> Floats:
    """Bootstrap draws [RESAMPLES] of the ``rank``-th smallest of sorted ``values``.

    The rank-th smallest of S uniform picks is a Beta variable, so no index array of S entries is needed.
    """
    size = values.size
    return np.maximum(_picked(values, draw.beta(rank, size + 1 - rank, RESAMPLES)), _TINY)


def _resampled_median(values: Floats, draw: np.random.Generator) -> Floats:
    """Bootstrap draws [RESAMPLES] of the median: the mean of the two middle ones for an even number."""
    size = values.size
    if size % 2:
        return _resampled_order(values, size // 2 + 1, draw)
    half = size // 2
    first = draw.beta(half, half + 1, RESAMPLES)
    second = first + (1 - first) * draw.beta(1, half, RESAMPLES)
    return np.maximum((_picked(values, first) + _picked(values, second)) / 2, _TINY)


def _picked(values: Floats, uniform: Floats) -> Floats:
    return values[np.minimum((uniform * values.size).astype(np.intp), values.size - 1)]


def _listed(widths: Sequence[int]) -> str:
    return ", ".join(map(str, widths))
