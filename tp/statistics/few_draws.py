"""Exponents from few draws at each width, down to a single one: as in logs of training runs.

:func:`~tp.statistics.fit.fit` resamples the draws of each width, which takes many of them. Here the typical size at a
width is the geometric mean of its draws, and one variance of the logarithm of a draw is estimated from all widths:

- from the scatter of draws about the means of their widths, where that leaves at least as many degrees of freedom as
- the scatter of the means about the best power of n with a correction, which uses up three. It is all that there is
  where every width has one draw. It needs five widths: forms of corrections are tried, so that four points nearly fit.
  Then intervals allow for every correction that fits about as well.

Intervals are as long as those of Student's law with these degrees of freedom. So few draws make long intervals and
leave verdicts open; three values decide nothing. The variance is enlarged where the
means scatter more than it says, and where draws with one seed at every width have slopes that scatter more than it
says. A factor that all draws of a seed have in common does not change a slope, and is counted as scatter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, log

import numpy as np
from jaxtyping import Float

from tp.statistics.bootstrap import RESAMPLES
from tp.statistics.bound import LEAST_WIDTHS
from tp.statistics.corrections import MODEL_ERROR, Centres, corrected
from tp.statistics.estimate import LEVEL
from tp.statistics.fit import BENT, Fit, hull
from tp.statistics.intervals import Floats, deviations
from tp.statistics.quantile_profile import QuantileProfile
from tp.statistics.quantiles import QUANTILES
from tp.statistics.slopes import slopes

MANY = 16
"""From this many draws at every width on, :func:`~tp.statistics.fit.fit` is for them."""
FEWEST_ALONE = 5
"""The least number of widths where each has one draw."""
DIFFER = 0.99
"""Slopes of seeds differ where their scatter is beyond this quantile of its law (Fisher's)."""
_NORMAL_TAIL = 1.2815515655446004
"""The 90 % quantile of a standard normal variable. The upper quantile is put there, and rises as the others do."""
_EQUAL = 1e-12
"""Logarithms that differ by no more are those of one number."""
_MODEL = 3
"""The numbers that a power of n with a correction has."""


@dataclass(frozen=True, slots=True, eq=False)
class Scatter:
    """The ``variance`` of the logarithm of one draw, and the degrees of ``freedom`` that it is known with.

    Where draws are ``alone`` at their widths, it is that of the means about a fit.
    """

    variance: float
    freedom: int
    alone: bool = False

    def reach(self, confidence: float) -> float:
        """By how much intervals of Student's law are longer than normal ones; infinite without freedom."""
        if self.freedom < 1:
            return inf
        from scipy.special import stdtrit  # loaded when something is measured: it takes 0.3 s

        return float(stdtrit(self.freedom, (1 + confidence) / 2)) / deviations(confidence)


def few_draws(samples: Mapping[int, Mapping[str, float]], quantities: int = 1) -> Fit:
    """The fit of a quantity from its values ``samples[n][seed]``; signs do not matter.

    A quantity that is 0 in all draws vanishes; one that is 0 in some of them, or not finite, has no slope. Intervals of
    ``quantities`` hold together as in :func:`~tp.statistics.fit.fit`. The fit has no tail: nothing is said of rare
    draws. Raises ValueError where there is no width, or one without draws.
    """
    widths = tuple(sorted(samples))
    values = [np.abs(np.array(list(samples[n].values()), dtype=np.float64)) for n in widths]
    if not widths or any(v.size == 0 for v in values):
        raise ValueError("a fit needs samples at every width")
    counts = tuple(v.size for v in values)
    with np.errstate(invalid="ignore"):
        medians = tuple(float(np.median(v)) for v in values)
        upper = tuple(float(np.quantile(v, QUANTILES[-1], method="inverted_cdf")) for v in values)
    base = Fit(widths, counts, medians, upper, quantities=quantities)
    bad = [n for n, v in zip(widths, values, strict=True) if not np.isfinite(v).all()]
    if bad:
        return replace(base, problem=f"values that are not finite at n = {', '.join(map(str, bad))}")
    if all(not v.any() for v in values):
        return replace(base, vanishes=True)
    zero = [n for n, v in zip(widths, values, strict=True) if not v.all()]
    if zero:
        return replace(base, problem=f"values of 0 at n = {', '.join(map(str, zero))}, and others that are not 0")
    if len(widths) < LEAST_WIDTHS:
        return replace(base, problem=f"a slope needs at least {LEAST_WIDTHS} widths")
    logs = [np.log(v) for v in values]
    found = _scatter(widths, logs)
    level = 1 - (1 - LEVEL) / quantities
    reach = found.reach(level)
    if reach == inf:
        same = "draws that are equal for all seeds count once; " if max(counts) > 1 else ""
        problem = f"{same}one draw at a width needs {FEWEST_ALONE} widths or more, and there are {len(widths)}"
        return replace(base, problem=f"{problem}{'' if same else '; add seeds'}")
    variance = found.variance * _paired(samples, widths, found)
    middle = Centres(
        np.log(np.array(widths, dtype=np.float64)),
        np.array([float(v.mean()) for v in logs]),
        np.array([reach**2 * variance / count + MODEL_ERROR**2 for count in counts]),
    )
    return _fitted(base, middle, variance**0.5, level, shown=not found.alone and len(widths) > _MODEL)


def _fitted(base: Fit, middle: Centres, deviation: float, level: float, *, shown: bool) -> Fit:
    """``base`` with the slopes of ``middle``; draws of one width have the standard ``deviation``.

    Where no correction would be ``shown``, all of them are allowed for: where draws are alone at their widths, or where
    a power of n with a correction fits any sizes at so few widths.
    """
    profile = _profile(base, middle, deviation)
    every = slopes(profile, middle.variances, level)
    found = corrected(middle, level)
    bent = shown and found.gain >= 2 * log(BENT)
    overall = found.exponent if bent else hull(every.overall, found.nearly if shown else found.exponent)
    return replace(
        base,
        slopes=every,
        late=replace(every, overall=overall),
        start=base.widths[0],
        bent=bent,
        centres=middle,
        misfit=found.corrected if bent else found.plain,
    )


def _profile(base: Fit, middle: Centres, deviation: float) -> QuantileProfile:
    """``middle`` as quantiles with normal resamples, all alike, but for the upper one, whose distance is fixed."""
    noise = np.random.default_rng(0).standard_normal((len(middle.logs), RESAMPLES))
    resampled = middle.values[:, None] + np.sqrt(middle.variances)[:, None] * noise
    above = np.zeros(len(QUANTILES))
    above[-1] = _NORMAL_TAIL * deviation
    logs = middle.values[None, :] + above[:, None]
    return QuantileProfile(base.widths, base.seeds, QUANTILES, logs, resampled[None] + above[:, None, None])


def _scatter(widths: Sequence[int], logs: Sequence[Float[Floats, " draws"]]) -> Scatter:
    """The scatter of single draws: see the top of this file."""
    counts = np.array([v.size for v in logs], dtype=np.float64)
    squares = sum(float(((v - v.mean()) ** 2).sum()) for v in logs)
    free = int(counts.sum()) - len(logs)
    if squares <= _EQUAL * free:  # seeds without any effect are one draw
        counts, squares, free = np.ones(len(logs)), 0.0, 0
    means = np.array([float(v.mean()) for v in logs])
    left = len(logs) - _MODEL if len(logs) >= FEWEST_ALONE else 0
    about = 0.0
    if left:
        about = corrected(Centres(np.log(np.array(widths, dtype=np.float64)), means, 1 / counts), LEVEL).corrected
    if free and free >= left:
        # Beyond its own scatter, a width may have one that all of its draws share.
        within = squares / free
        return Scatter(max(within, about / left) if left else within, free)
    return Scatter(about / left if left else 0.0, left, alone=True)


def _paired(samples: Mapping[int, Mapping[str, float]], widths: Sequence[int], found: Scatter) -> float:
    """A factor for the variance where the slopes of seeds that have all widths scatter more than it says; else 1."""
    shared = [seed for seed in samples[widths[0]] if all(seed in samples[n] for n in widths)]
    if len(shared) < 2 or found.variance <= 0:
        return 1.0
    from scipy.special import fdtri  # loaded when something is measured: it takes 0.3 s

    x = np.log(np.array(widths, dtype=np.float64))
    x -= x.mean()
    rows = np.array([[log(abs(samples[n][seed])) for n in widths] for seed in shared])
    ratio = float((rows @ x / (x @ x)).var(ddof=1)) * float(x @ x) / found.variance
    return ratio if ratio > float(fdtri(len(shared) - 1, found.freedom, DIFFER)) else 1.0
