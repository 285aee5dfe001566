"""Powers of n with a correction, a n^p (1 + c n^-q)^r, fitted with weights to logs of typical values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from tp.statistics.estimate import Estimate
from tp.statistics.intervals import Floats, profile_interval
from tp.statistics.quantile_profile import QuantileProfile
from tp.statistics.slopes import TYPICAL

FORMS = ((0.5, 1.0), (1.0, 1.0), (1.0, 0.5))
"""The corrections (1 + c n^-q)^r that are tried, as (q, r). r = 1/2 is the root of a sum of squares."""
RISING = np.geomspace(0.02, 1e6, 600)
"""Positive values of c n^-q at the smallest width."""
SHARES = np.concatenate([-np.geomspace(0.01, 0.95, 120), [0.0], RISING])
"""The values of c n^-q at the smallest width that are tried. At -1 or less the law would vanish at some width."""
BEGUN = 0.75
"""Two terms count where they become equal within this fraction of the range of log n, from the smallest width.

Laws whose terms become equal at larger widths are not tried: no data at these widths exclude them.
"""
SMALL = 0.08
"""The standard deviation of corrections that are always allowed for, as shares of the typical size at the least width.

They are what makes the size of |1 + N / (2 n^(1/2))|, N normal, no pure power. Larger ones must show in the data.
"""
MODEL_ERROR = 0.01
"""The standard deviation of log|q| that is allowed for corrections beyond the one in the model."""
CHANCE = 0.999
"""A misfit above this quantile of its chi-squared law means that the model does not fit."""
_FEW = 8
"""Bootstrap variances of S values are too small by about a factor 1 + _FEW / S."""


@dataclass(frozen=True, slots=True, eq=False)
class Centres:
    """The data that laws are fitted to: ``logs`` of widths, logs of typical sizes (``values``), their ``variances``."""

    logs: Float[Floats, " widths"]
    values: Float[Floats, " widths"]
    variances: Float[Floats, " widths"]


@dataclass(frozen=True, slots=True)
class Corrected:
    """The misfits (sums of squares over variances) of the best power without and with a correction; its exponent.

    ``gain`` is twice the logarithm of the ratio of the likelihoods of powers with corrections, averaged over these, and
    of powers without. ``exponent`` allows for all corrections, ``nearly`` for those of about :data:`SMALL`.
    """

    plain: float
    corrected: float
    gain: float
    exponent: Estimate
    nearly: Estimate


def centres(data: QuantileProfile) -> Centres:
    """Typical logs of ``data``, with their variances.

    The variance of one draw is taken to be a power of n, fitted over all widths: a variance from few draws at one width
    would give that width a weight by chance.
    """
    found, resampled = data.curve(TYPICAL)
    scatter = smoothed(data, resampled.var(axis=1))
    return Centres(data.log_widths, found, scatter / np.asarray(data.counts, dtype=np.float64) + MODEL_ERROR**2)


def smoothed(
    data: QuantileProfile, variances: Float[Floats, " widths"], least: float = 1e-30
) -> Float[Floats, " widths"]:
    """Variances of a statistic at each width times the number of draws there, as a power of n; ``least`` of them."""
    counts = np.asarray(data.counts, dtype=np.float64)
    spread = np.log(np.maximum(variances * (1 + _FEW / counts) * counts, least))
    slope, level = np.polyfit(data.log_widths, spread, 1, w=np.sqrt(counts))
    return np.exp(level + slope * data.log_widths)


def scaled(data: Centres, misfit: float) -> Centres:
    """``data`` with variances enlarged so that the least ``misfit`` of any model equals its degrees of freedom."""
    freedom = max(1, len(data.logs) - 3)
    return Centres(data.logs, data.values, data.variances * max(1.0, misfit / freedom))


def corrected(data: Centres, level: float) -> Corrected:
    """Fit a n^p (1 + c n^-q)^r over all a, p, c and :data:`FORMS` by least squares with weights 1 / variances.

    The interval of p, at the confidence ``level``, allows for all corrections that fit about as well
    (:func:`~tp.statistics.intervals.profile_interval`).
    """
    weights = 1 / data.variances
    x = data.logs - weights @ data.logs / weights.sum()
    spread = 1 / float(weights @ x**2)
    slopes, misfits = [], []
    for shifts in corrections(data, SHARES):
        y = data.values - shifts
        slope = y @ (weights * x) * spread
        slopes.append(slope)
        misfits.append(misfit(y - slope[:, None] * x, weights))
    slope, misfits = np.concatenate(slopes), np.concatenate(misfits)
    reach = BEGUN * (data.logs[-1] - data.logs[0])
    begun = np.concatenate([np.exp(q * reach) >= SHARES for q, _ in FORMS])
    zero = int(np.flatnonzero(SHARES == 0)[0])
    unusual = np.tile((SHARES / SMALL) ** 2, len(FORMS))
    plain = float(misfits[zero])
    return Corrected(
        plain=plain,
        corrected=float(misfits[begun].min()),
        gain=plain - averaged(misfits[begun]),
        exponent=profile_interval(slope[begun], misfits[begun], spread, level),
        nearly=profile_interval(slope, misfits + unusual, spread, level),
    )


def averaged(misfits: Float[Floats, " laws"]) -> float:
    """The misfit that stands for the likelihood averaged over laws with these ``misfits``, each with the same weight.

    Likelihoods are exp(-misfit / 2). A ratio of such an average to the likelihood of the true law exceeds 1/p with
    probability p at most, however often one looks (Ville's inequality); a maximum over laws has no such bound.
    """
    least = float(misfits.min())
    return least - 2 * float(np.log(np.mean(np.exp(-(misfits - least) / 2))))


def fits(misfit: float, freedom: int, chance: float = CHANCE) -> bool:
    """Whether ``misfit`` lies below the quantile ``chance`` of the chi-squared law with ``freedom`` degrees."""
    from scipy.special import chdtri  # loaded when something is measured: it takes 0.3 s

    return freedom < 1 or misfit <= float(chdtri(freedom, 1 - chance))


def corrections(data: Centres, shares: Float[Floats, " shares"]) -> Iterator[Float[Floats, "shares widths"]]:
    """Logs of corrections (1 + c n^-q)^r with c n^-q = ``shares`` at the smallest width, for each of :data:`FORMS`."""
    steps = data.logs - data.logs[0]
    for q, power in FORMS:
        yield power * np.log1p(shares[:, None] * np.exp(-q * steps))


def misfit(y: Float[Floats, "models widths"], weights: Float[Floats, " widths"]) -> Float[Floats, " models"]:
    """Weighted sums of squares of the rows of ``y`` about their weighted means."""
    centred = y - (y @ weights / weights.sum())[:, None]
    return centred**2 @ weights
