"""Exponents from samples: slopes of log|q| against log n, with confidence intervals, and what corrections change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log

import numpy as np
import numpy.typing as npt

from tp.statistics.bound import LEAST_WIDTHS, RANGE
from tp.statistics.corrections import Centres, Corrected, centres, corrected, fits, scaled
from tp.statistics.estimate import LEVEL, Estimate
from tp.statistics.intervals import widened
from tp.statistics.quantile_profile import QuantileProfile, quantile_profile
from tp.statistics.quantiles import QUANTILES, UPPER_QUANTILE, quantile
from tp.statistics.rare_events import Tail, tail
from tp.statistics.size import Moments, moments
from tp.statistics.slopes import TYPICAL, Slopes, slopes

FEWEST = 4
"""The least number of draws at every width that an interval is computed from."""
RESAMPLES = 2000
"""The number of bootstrap resamples: enough for 99 % intervals, which are then widened for several quantities."""
ROUNDING = 32.0
"""A quantity whose samples are all below this many rounding errors counts as zero."""
BENT = 20.0
"""A correction is assumed where it makes the data this many times likelier: without one, by chance in 1 of 20 fits.

A needless one makes the interval longer, and nothing else.
"""
_TINY = 1e-300
"""Stands for zero in logarithms."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The exponent of one quantity, from samples. All slopes are exponents of n.

    ``seeds`` are numbers of draws, ``medians`` and ``quantiles`` (at 90 %) sizes of the quantity, all by width.
    ``slopes`` are those over all widths, ``late`` those that verdicts rest on: from the width ``start`` on, and, if
    ``bent``, with the exponent p of a n^p (1 + c n^-q)^r as the overall one. Both are None where the quantity
    ``vanishes``, or where there is a ``problem``. ``centres`` are the typical sizes from ``start`` on, and ``misfit``
    is the misfit to them of a power of n, with a correction if ``bent``. ``tail`` has the draws from ``start`` on, for
    tests of rare events (None: too few for any); ``moments`` are those of all draws. ``quantities`` is the number of
    quantities that are judged together.
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
    bent: bool = False
    centres: Centres | None = field(default=None, compare=False)
    tail: Tail | None = field(default=None, compare=False)
    moments: Moments | None = field(default=None, compare=False)
    misfit: float = 0.0
    quantities: int = 1

    @property
    def overall(self) -> Estimate | None:
        """The measured exponent of n; None where there is none, or the quantity ``vanishes``."""
        return None if self.vanishes or self.late is None else self.late.overall


def fit(
    samples: Mapping[int, npt.ArrayLike],
    floors: Mapping[int, float] | None = None,
    quantities: int = 1,
) -> Fit:
    """Fit the exponent of a quantity from its values ``samples[n]`` [draws]; signs do not matter.

    ``floors[n]`` is the rounding error to expect at width n, in units of the quantity (0 where missing). A quantity
    that never exceeds :data:`ROUNDING` times its floor vanishes, and one whose median lies below the floor at some
    width gives no slope, nor does one with NaN or infinite values. Where several ``quantities`` are judged together,
    every interval is at the confidence 1 - (1 - LEVEL) / quantities (Bonferroni), so that all of them hold together at
    :data:`~tp.statistics.estimate.LEVEL`. Raises ValueError where there is no width, or one without samples.
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
    medians, quantiles = (tuple(quantile(v, q) for v in values) for q in (QUANTILES[0], UPPER_QUANTILE))
    floor = [0.0 if floors is None else floors.get(n, 0.0) for n in widths]
    if all(v[-1] <= ROUNDING * f for v, f in zip(values, floor, strict=True)):
        return Fit(widths, seeds, medians, quantiles, vanishes=True)
    lost = [n for n, m, f in zip(widths, medians, floor, strict=True) if m <= f]
    if lost:
        problem = f"medians below the rounding error at n = {_listed(lost)}"
        return Fit(widths, seeds, medians, quantiles, problem=problem)
    if min(seeds) < FEWEST:
        problem = f"an interval needs at least {FEWEST} draws at every width"
        return Fit(widths, seeds, medians, quantiles, problem=problem)
    if len(widths) < LEAST_WIDTHS:
        return Fit(widths, seeds, medians, quantiles, problem=f"a slope needs at least {LEAST_WIDTHS} widths")
    level = 1 - (1 - LEVEL) / quantities
    logs = {n: np.log(np.maximum(v, _TINY)) for n, v in zip(widths, values, strict=True)}  # in increasing order
    data = quantile_profile(logs, QUANTILES, resamples=RESAMPLES)
    every = slopes(data, centres(data).variances, level)
    first, middle, found, excess = _without_misfits(data, level)
    late = every if first == 0 else slopes(data.since(first), middle.variances, level)
    bent = found.gain >= 2 * log(BENT)
    overall = found.exponent if bent else hull(widened(late.overall, excess**0.5), found.nearly)
    return Fit(
        widths,
        seeds,
        medians,
        quantiles,
        slopes=every,
        late=replace(late, overall=overall),
        start=widths[first],
        bent=bent,
        centres=middle,
        tail=tail([logs[n] for n in widths[first:]], data.curve(TYPICAL)[0][first:], data.log_widths[first:]),
        moments=moments(values, data),
        misfit=found.corrected if bent else found.plain,
        quantities=quantities,
    )


def _without_misfits(data: QuantileProfile, level: float) -> tuple[int, Centres, Corrected, float]:
    """(number of smallest widths left out, centres of the others, their fit, factor that enlarged variances).

    The smallest width is left out while not even a power with a correction fits and the fit without that width has at
    most half the misfit, as long as three widths and a factor of :data:`~tp.statistics.bound.RANGE` remain. If nothing
    fits then, variances are enlarged until they explain the misfit.
    """
    widths = data.widths
    first, middle = 0, centres(data)
    found = corrected(middle, level)
    while not fits(found.corrected, len(middle.logs) - 3):
        if len(widths) - first > LEAST_WIDTHS and widths[-1] >= RANGE * widths[first + 1]:
            rest = centres(data.since(first + 1))
            fewer = corrected(rest, level)
            if fewer.corrected <= found.corrected / 2:
                first, middle, found = first + 1, rest, fewer
                continue
        larger = scaled(middle, found.corrected)
        return first, larger, corrected(larger, level), float(larger.variances[0] / middle.variances[0])
    return first, middle, found, 1.0


def hull(one: Estimate, other: Estimate) -> Estimate:
    """``one`` with an interval that covers both."""
    return replace(one, low=min(one.low, other.low), high=max(one.high, other.high))


def _listed(widths: Sequence[int]) -> str:
    return ", ".join(map(str, widths))
