"""Quantiles at several levels and widths, with joint bootstrap resamples, and their slopes against log n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from tp.statistics.bootstrap import RESAMPLES, Bootstrapped, picks
from tp.statistics.bound import LEAST_WIDTHS, RANGE
from tp.statistics.intervals import Floats
from tp.statistics.quantiles import rank

_FAR = 1e4
"""Replaces infinite logarithms in resamples, so that intervals become very long instead of NaN."""


@dataclass(frozen=True, slots=True, eq=False)
class QuantileProfile:
    """Logarithms of quantiles of |M_n| along increasing ``widths``, from ``counts`` draws each.

    One resample is one bootstrap sample for all levels, so differences of slopes have the intervals of their joint
    law. Functions take the position of a level in ``levels``, or a slice, which stands for the geometric mean of
    those quantiles. Slopes are exponents of n.
    """

    widths: tuple[int, ...]
    counts: tuple[int, ...]
    levels: tuple[float, ...]
    logs: Float[Floats, "levels widths"]
    resampled: Float[Floats, "levels widths resamples"]
    name: str = "all widths"

    @property
    def log_widths(self) -> Float[Floats, " widths"]:
        """Natural logarithms of the widths."""
        return np.log(np.array(self.widths, dtype=np.float64))

    @property
    def long_enough(self) -> bool:
        """Whether there are :data:`~tp.statistics.bound.LEAST_WIDTHS` that span a factor of RANGE or more."""
        return len(self.widths) >= LEAST_WIDTHS and self.widths[-1] >= RANGE * self.widths[0]

    @property
    def lower_half(self) -> slice:
        """The positions of the smaller half of the widths; the middle one or two are in both halves."""
        return slice(0, len(self.widths) // 2 + 1)

    @property
    def upper_half(self) -> slice:
        """The positions of the larger half of the widths."""
        return slice((len(self.widths) - 1) // 2, len(self.widths))

    def since(self, first: int) -> QuantileProfile:
        """The profile without its ``first`` smallest widths."""
        logs, resampled = self.logs[:, first:], self.resampled[:, first:]
        return replace(self, widths=self.widths[first:], counts=self.counts[first:], logs=logs, resampled=resampled)

    def finite(self, level: int) -> bool:
        """Whether the quantile is neither 0 nor infinite at any width."""
        return bool(np.isfinite(self.logs[level]).all())

    def curve(self, level: int | slice) -> tuple[Float[Floats, " widths"], Float[Floats, "widths resamples"]]:
        """The logarithm of one quantile along the widths, and that of its resamples."""
        if isinstance(level, slice):
            return self.logs[level].mean(axis=0), self.resampled[level].mean(axis=0)
        return self.logs[level], self.resampled[level]

    def slope(
        self, level: int | slice, part: slice | None = None, variances: Float[Floats, " widths"] | None = None
    ) -> Bootstrapped:
        """The least-squares slope of one level against log n, over all widths or a ``part`` of them.

        Widths have weights 1 / ``variances``, or equal weights where it is None.
        """
        part = part or slice(0, len(self.widths))
        x = self.log_widths[part]
        weights = np.ones(len(x)) if variances is None else 1 / variances[part]
        weights = weights * (x - weights @ x / weights.sum())
        weights = weights / (weights @ x)
        found, resampled = self.curve(level)
        return Bootstrapped(float(weights @ found[part]), weights @ resampled[part])

    def trend(self, level: int | slice, variances: Float[Floats, " widths"] | None = None) -> Bootstrapped:
        """The slope over the larger half of the widths minus that over the smaller half."""
        return self.slope(level, self.upper_half, variances) - self.slope(level, self.lower_half, variances)


def quantile_profile(
    logs: Mapping[int, Float[Floats, " draws"]],
    levels: Sequence[float],
    seed: int = 0,
    name: str = "all widths",
    resamples: int = RESAMPLES,
) -> QuantileProfile:
    """The profile of ``logs[n]``, log|M_n| of each draw; ``levels`` increase; ``seed`` is that of resamples."""
    widths = tuple(sorted(logs))
    values = [np.sort(logs[n]) for n in widths]
    counts = tuple(v.size for v in values)
    chosen = picks(counts, tuple(levels), seed, resamples)
    resampled = np.empty((len(levels), len(widths), resamples))
    for k, (ordered, pick) in enumerate(zip(values, chosen, strict=True)):
        resampled[:, k] = ordered[pick]
    found = np.stack([v[[rank(q, v.size) - 1 for q in levels]] for v in values], axis=1)
    return QuantileProfile(widths, counts, tuple(levels), found, resampled.clip(-_FAR, _FAR, out=resampled), name)
