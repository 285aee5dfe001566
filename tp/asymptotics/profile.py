"""Quantiles of log|M_n| at several levels and widths, with joint bootstrap resamples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np
import numpy.typing as npt

from tp.asymptotics.tensors import Floats
from tp.statistics.estimate import Estimate
from tp.statistics.intervals import bootstrap_interval

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
CONFIDENCE = 0.99
MARGIN = 0.1
BEYOND = 20
"""A quantile needs so many draws on either side of it."""
LEAST_WIDTHS = 3
RANGE = 8
"""The least ratio of the largest to the smallest width of one parity that a verdict rests on."""
RESAMPLES = 4000
ROUNDING = 1e-9
_FAR = 1e4
"""Stands for an infinite logarithm in resamples: their intervals then reach everywhere."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """How samples are judged.

    ``levels`` are those of the quantiles, ``confidence`` is that of every interval, ``margin`` how far an exponent may
    lie from the claimed one and still count as equal. Raises ValueError for levels or a confidence outside (0, 1), or a
    margin that is not positive.
    """

    levels: tuple[float, ...] = LEVELS
    confidence: float = CONFIDENCE
    margin: float = MARGIN

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(sorted(set(self.levels))))
        if not self.levels or not all(0 < q < 1 for q in (*self.levels, self.confidence)) or self.margin <= 0:
            raise ValueError("levels and confidence lie between 0 and 1, and the margin is positive")


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Logarithms of quantiles along widths of one parity.

    ``logs`` [levels, widths], ``resampled`` [levels, widths, resamples]; each resample is one bootstrap sample for all
    levels, so differences of slopes have their true intervals.
    """

    name: str
    widths: tuple[int, ...]
    counts: tuple[int, ...]
    levels: tuple[float, ...]
    logs: Floats
    resampled: Floats

    @property
    def long_enough(self) -> bool:
        return len(self.widths) >= LEAST_WIDTHS and self.widths[-1] >= RANGE * self.widths[0]

    @property
    def upper_half(self) -> slice:
        return slice((len(self.widths) - 1) // 2, len(self.widths))

    @property
    def lower_half(self) -> slice:
        return slice(0, len(self.widths) // 2 + 1)

    def finite(self, level: int) -> bool:
        return bool(np.isfinite(self.logs[level]).all())

    def slope(self, level: int, part: slice | None = None) -> tuple[float, Floats]:
        """The least-squares slope of one level against log n and its resamples, over all widths or a part."""
        part = part or slice(0, len(self.widths))
        x = np.log(np.array(self.widths[part], dtype=np.float64))
        weights = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
        return float(weights @ self.logs[level, part]), weights @ self.resampled[level, part]

    def trend(self, level: int) -> tuple[float, Floats]:
        """The slope of the larger half of the widths minus that of the smaller half."""
        (high, highs), (low, lows) = self.slope(level, self.upper_half), self.slope(level, self.lower_half)
        return high - low, highs - lows


def profiles(logs: Mapping[int, Floats], levels: Sequence[float], seed: int = 0) -> list[Profile]:
    """One profile for the even and one for the odd widths of ``logs[n]``, values of log|M_n|."""
    found: list[Profile] = []
    for parity, name in ((0, "even widths"), (1, "odd widths")):
        widths = tuple(n for n in sorted(logs) if n % 2 == parity)
        if not widths:
            continue
        values = [np.sort(logs[n]) for n in widths]
        chosen = picks(tuple(v.size for v in values), tuple(levels), seed + parity)
        resampled = np.stack([v[pick] for v, pick in zip(values, chosen, strict=True)], axis=1)
        quantiles = np.stack([v[[rank(q, v.size) - 1 for q in levels]] for v in values], axis=1)
        found.append(
            Profile(
                name, widths, tuple(v.size for v in values), tuple(levels), quantiles, np.clip(resampled, -_FAR, _FAR)
            )
        )
    return found


def rank(level: float, count: int) -> int:
    """Which order statistic, from 1, is the quantile of ``count`` values: the empirical distribution reaches it."""
    return min(count, max(1, ceil(round(level * count, 9))))


def reached(level: float, count: int) -> bool:
    """Are there :data:`BEYOND` draws on either side of the quantile?"""
    return min(level, 1 - level) * count >= BEYOND - 1e-9


def estimate(pair: tuple[float, Floats], confidence: float) -> Estimate:
    """A value with the percentile interval of its resamples, which is longer than rounding errors."""
    return bootstrap_interval(*pair, confidence, rounding=ROUNDING)


@lru_cache(maxsize=32)
def picks(counts: tuple[int, ...], levels: tuple[float, ...], seed: int) -> list[npt.NDArray[np.intp]]:
    """For each of ``counts``, which of so many sorted values the quantiles of bootstrap samples are.

    Arrays [levels, resamples], levels rising. Order statistics of uniform picks are a chain of Beta variables, so no
    array of picks is needed; they do not depend on the values.
    """
    draw = np.random.default_rng(seed)
    return [_picked(count, levels, draw) for count in counts]


def _picked(count: int, levels: tuple[float, ...], draw: np.random.Generator) -> npt.NDArray[np.intp]:
    uniform, before = np.zeros(RESAMPLES), 0
    out = np.empty((len(levels), RESAMPLES), dtype=np.intp)
    for k, level in enumerate(levels):
        now = rank(level, count)
        if now > before:
            uniform = uniform + (1 - uniform) * draw.beta(now - before, count + 1 - now, RESAMPLES)
            before = now
        out[k] = np.minimum((uniform * count).astype(np.intp), count - 1)
    return out
