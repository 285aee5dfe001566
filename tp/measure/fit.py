"""Exponents from samples: slopes of log|q| against log n, with confidence intervals, and what corrections change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tp.measure.corrections import Centres, Corrected, centres, corrected, fits, scaled
from tp.measure.slopes import LEVEL, QUANTILES, Resampled, Slopes, quantile, resampled, slopes

UPPER_QUANTILE = QUANTILES[-1]
RANGE = 8
"""The least ratio of the largest to the smallest width that a verdict rests on."""
ROUNDING = 32.0
"""Samples all below this many floors are rounding noise around an exact zero."""
BEND = 9.0
"""A correction is used where it lowers the misfit by this much; by chance it does in about one fit of 200."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What the samples of one quantity say. ``slopes`` is None when ``vanishes`` or where there is a ``problem``.

    ``slopes`` are those of all widths, ``late`` those that verdicts rest on: from the width ``start`` on, and, if
    ``bent``, with the exponent p of a n^p (1 + c n^-q) as the overall one. ``centres`` are typical
    values from ``start`` on, which models are compared by, and ``misfit`` is the least misfit of any of them.
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
    centres: Centres | None = None
    misfit: float = 0.0


def fit(
    samples: Mapping[int, npt.ArrayLike],
    floors: Mapping[int, float] | None = None,
    *,
    seed: int = 0,
    quantities: int = 1,
) -> Fit:
    """Fit the exponent of a quantity from absolute values ``samples[n]``, one per seed.

    ``floors[n]`` is the rounding error to expect at width n (0 where missing): a quantity that never exceeds
    :data:`ROUNDING` times its floor vanishes, and one whose median lies below the floor at some width gives no
    slope. Values that are not finite never give one. Where several ``quantities`` are judged together, every
    interval is at the level 1 - (1 - LEVEL) / quantities (Bonferroni), so that all of them hold at LEVEL. Raises
    ValueError without samples.
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
    quantiles = tuple(quantile(v, UPPER_QUANTILE) for v in values)
    floor = [0.0 if floors is None else floors.get(n, 0.0) for n in widths]
    if all(v[-1] <= ROUNDING * f for v, f in zip(values, floor, strict=True)):
        return Fit(widths, seeds, medians, quantiles, vanishes=True)
    lost = [n for n, m, f in zip(widths, medians, floor, strict=True) if m <= f]
    if lost:
        problem = f"at the level of rounding at n = {_listed(lost)}"
        return Fit(widths, seeds, medians, quantiles, problem=problem)
    if len(widths) < 3:
        return Fit(widths, seeds, medians, quantiles, problem="a slope needs at least 3 widths")
    level = 1 - (1 - LEVEL) / max(1, quantities)
    data = resampled(widths, values, seed)
    every = slopes(data, level)
    first, middle, found = _without_misfits(widths, seeds, data, level)
    late = every if first == 0 else slopes(data.since(first), level)
    bent = found.gain >= BEND
    overall = found.exponent if bent else late.overall.widened(middle.scale**0.5)
    if overall != late.overall:
        late = replace(late, overall=overall)
    misfit = found.corrected if bent else found.plain
    return Fit(
        widths, seeds, medians, quantiles,
        slopes=every, late=late, start=widths[first], bent=bent, centres=middle, misfit=misfit,
    )  # fmt: skip


def _without_misfits(
    widths: Sequence[int], seeds: tuple[int, ...], data: Resampled, level: float
) -> tuple[int, Centres, Corrected]:
    """How many of the smallest widths to leave out, and what the others say.

    They are left out while not even a power with a correction fits, as long as three widths and a factor of
    :data:`RANGE` remain. If nothing fits then, the errors are taken to be as large as the misfit.
    """
    first = 0
    while True:
        middle = centres(data.since(first), seeds[first:])
        found = corrected(middle, level)
        if fits(middle, found.corrected):
            return first, middle, found
        if len(widths) - first <= 3 or widths[-1] < RANGE * widths[first + 1]:
            middle = scaled(middle, found.corrected)
            return first, middle, corrected(middle, level)
        first += 1


def _listed(widths: Sequence[int]) -> str:
    return ", ".join(map(str, widths))
