"""The bootstrap: quantiles of resamples, drawn from their joint law without forming the resamples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int

from tp.ndarray import NDArray
from tp.statistics.estimate import ROUNDING, Estimate
from tp.statistics.intervals import Floats, bootstrap_interval
from tp.statistics.quantiles import rank

RESAMPLES = 4000
"""The number of bootstrap resamples."""


@dataclass(frozen=True, slots=True, eq=False)
class Bootstrapped:
    """A statistic of samples, and the same statistic of bootstrap resamples of them.

    Differences and means of statistics of the same resamples have the intervals of their joint law.
    """

    value: float
    resampled: Float[Floats, " resamples"]

    def __sub__(self, other: Bootstrapped) -> Bootstrapped:
        return Bootstrapped(self.value - other.value, self.resampled - other.resampled)

    def interval(self, confidence: float) -> Estimate:
        """The percentile interval, extended by :data:`ROUNDING` at both ends."""
        return bootstrap_interval(self.value, self.resampled, confidence, rounding=ROUNDING)


def mean(parts: list[Bootstrapped]) -> Bootstrapped:
    """The mean of statistics of the same resamples."""
    value = float(np.mean([part.value for part in parts]))
    return Bootstrapped(value, np.mean([part.resampled for part in parts], axis=0))


@lru_cache(maxsize=128)
def picks(
    counts: tuple[int, ...], levels: tuple[float, ...], seed: int, resamples: int = RESAMPLES
) -> list[Int[NDArray[np.intp], "levels resamples"]]:
    """Indices into sorted values of the quantiles of bootstrap resamples: one array for each of ``counts``.

    ``counts`` are numbers of values, and ``levels`` increase. The order statistics of independent uniform variables,
    from which the indices are made, are a Markov chain of Beta variables. Source: David and Nagaraja, "Order
    statistics", section 2.5.
    """
    draw = np.random.default_rng(seed)
    return [_picked(count, levels, draw, resamples) for count in counts]


def _picked(count: int, levels: tuple[float, ...], draw: np.random.Generator, resamples: int) -> NDArray[np.intp]:
    uniform, before = np.zeros(resamples), 0
    out = np.empty((len(levels), resamples), dtype=np.intp)
    for k, level in enumerate(levels):
        now = rank(level, count)
        if now > before:
            uniform = uniform + (1 - uniform) * draw.beta(now - before, count + 1 - now, resamples)
            before = now
        out[k] = np.minimum((uniform * count).astype(np.intp), count - 1)
    return out
