"""Confidence intervals: every way in which the project computes one.

===========================  ==========================================================================
:func:`bootstrap_interval`   a statistic of samples, from resamples of them
:func:`normal_interval`      a number with a known standard deviation
:func:`median_interval`      the median of few values of any law
:func:`profile_interval`     a slope, from the misfits of models that differ in more than the slope
:func:`gamma_interval`       a rate, from a sum of exponential variables
===========================  ==========================================================================

A confidence is the probability, between 0 and 1, with which a two-sided interval covers the true value.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from jaxtyping import Float

from tp.ndarray import NDArray
from tp.statistics.estimate import Estimate

Floats = NDArray[np.float64]


def bootstrap_interval(
    value: float,
    resampled: Float[Floats, " resamples"],
    confidence: float,
    *,
    read_at: float | None = None,
    rounding: float = 0.0,
) -> Estimate:
    """The percentile interval of ``value``: quantiles of the same statistic of bootstrap resamples [resamples].

    It is extended to ``value`` where it misses it, and then by ``rounding`` at both ends, so that it is longer than
    rounding errors. Resamples are too few for a confidence near 1: with ``read_at`` the interval is read at that
    confidence and widened to ``confidence`` as if the statistic were normal. Source: Efron, "Bootstrap methods"
    (1979); Efron and Tibshirani, "An introduction to the bootstrap", chapter 13.
    """
    level = confidence if read_at is None else read_at
    low, high = (float(end) for end in np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2]))
    found = Estimate(value, min(low, value) - rounding, max(high, value) + rounding, confidence)
    return found if read_at is None else widened(found, deviations(confidence) / deviations(read_at))


def normal_interval(value: float, deviation: float, confidence: float) -> Estimate:
    """The interval of a number whose error is normal with the standard ``deviation``."""
    reach = deviations(confidence) * deviation
    return Estimate(value, value - reach, value + reach, confidence)


def median_interval(values: Float[Floats, " draws"], confidence: float) -> Estimate:
    """The median of ``values`` [draws] between two order statistics, whatever the law of the values.

    The number of draws below the true median is binomial, here taken as normal: the order statistics lie
    :func:`deviations` times half the square root of the number of draws away from the middle one. They are the smallest
    and the largest draw where there are too few. Source: David and Nagaraja, "Order statistics", section 7.1.
    """
    ordered = np.sort(values)
    middle, reach = ordered.size / 2, deviations(confidence) * sqrt(ordered.size) / 2
    low, high = (int(np.clip(round(middle + side * reach), 0, ordered.size - 1)) for side in (-1, 1))
    return Estimate(float(np.median(ordered)), float(ordered[low]), float(ordered[high]), confidence)


def profile_interval(
    slopes: Float[Floats, " models"], misfits: Float[Floats, " models"], spread: float, confidence: float
) -> Estimate:
    """The slope of the best of several models, with the interval of all slopes that fit about as well.

    ``slopes`` [models] are the best slopes of the models, ``misfits`` [models] their sums of squares over variances,
    ``spread`` is the variance of a slope within one model. A slope that is s away from the best one of a model adds
    s^2 / spread to the misfit. The interval has the slopes whose misfit exceeds the least one by no more than
    the square of :func:`deviations` (profile likelihood, chi-squared with one degree of freedom).
    """
    best = int(misfits.argmin())
    left = deviations(confidence) ** 2 - (misfits - misfits[best])
    reach = np.sqrt(np.maximum(left, 0) * spread)
    low, high = (slopes - reach)[left >= 0].min(), (slopes + reach)[left >= 0].max()
    return Estimate(float(slopes[best]), float(low), float(high), confidence)


def gamma_interval(total: float, count: int, confidence: float) -> Estimate:
    """The rate of ``count`` exponential variables with the sum ``total``: exact, as the sum has a gamma law."""
    from scipy.special import gammaincinv  # loaded when something is measured: it takes 0.3 s

    low, high = gammaincinv(count, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(count / total, float(low) / total, float(high) / total, confidence)


def deviations(confidence: float) -> float:
    """Half the length of a two-sided normal interval at ``confidence``, in standard deviations."""
    from scipy.special import ndtri  # loaded when something is measured: it takes 0.3 s

    return float(ndtri((1 + confidence) / 2))


def widened(found: Estimate, factor: float) -> Estimate:
    """``found`` with both ends ``factor`` times as far from the number."""
    value = found.value
    low, high = value + factor * (found.low - value), value + factor * (found.high - value)
    return Estimate(value, low, high, found.confidence)
