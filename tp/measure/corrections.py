"""Powers of n with a correction, a n^p (1 + c n^-q), fitted with weights to logs of typical values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tp.measure.slopes import Estimate, Resampled, normal

Floats = npt.NDArray[np.float64]

FORMS = ((0.5, 1.0), (1.0, 1.0), (1.0, 0.5))
"""Corrections (1 + c n^-q)^r, as (q, r): half a power or a whole one away, and r = 1/2 where squares add."""
MODEL_ERROR = 0.01
"""What is left out of a model with one correction may change logs by this (a standard deviation)."""
BEGUN = 0.75
"""A rival counts if its two terms are equal within this part of the widths, from the smallest, on the scale of log n.

What begins later no data exclude.
"""
_TYPICAL = 2
"""Models are compared by the mean log of so many quantiles, from the median up: less noisy than the median alone."""
_FEW = 8
"""Bootstrap variances of S values are too small by about a factor 1 + _FEW / S."""
_RISING = np.geomspace(0.02, 1e6, 200)
_SHARES = np.concatenate([-np.geomspace(0.01, 0.95, 60), [0.0], _RISING])
"""Corrections c n^-q at the smallest width; below -1 the quantity would vanish in between."""


@dataclass(frozen=True, slots=True)
class Centres:
    """Logs of the widths, typical logs of the quantity there, and their variances. ``scale``: see :func:`scaled`."""

    logs: tuple[float, ...]
    values: tuple[float, ...]
    variances: tuple[float, ...]
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Corrected:
    """The best power without and with a correction: the misfits (weighted sums of squares) and the exponent."""

    plain: float
    corrected: float
    exponent: Estimate

    @property
    def gain(self) -> float:
        """How much better the correction fits."""
        return self.plain - self.corrected


def centres(data: Resampled, seeds: tuple[int, ...]) -> Centres:
    """Typical logs of ``data``, with what is known of their errors."""
    found, draws = data.found[:_TYPICAL].mean(axis=0), data.draws[:_TYPICAL].mean(axis=0)
    spread = draws.var(axis=0) * (1 + _FEW / np.asarray(seeds)) + MODEL_ERROR**2
    return Centres(_tuple(data.logs), _tuple(found), _tuple(spread))


def corrected(data: Centres, level: float) -> Corrected:
    """Fit a n^p (1 + c n^-q)^r over all a, p, c and :data:`FORMS`.

    The interval of p allows for what the correction may be. It is the profile of the misfit: for each correction the
    best line is known, and so is how much worse other slopes are.
    """
    weights = 1 / np.asarray(data.variances)
    x = np.asarray(data.logs) - weights @ data.logs / weights.sum()
    spread = 1 / float(weights @ x**2)
    slopes, misfits = [], []
    for shifts in _shifts(data, _SHARES):
        y = np.asarray(data.values) - shifts
        slope = y @ (weights * x) * spread
        residual = y - slope[:, None] * x
        slopes.append(slope)
        misfits.append(_misfit(residual, weights))
    slope, misfit = np.concatenate(slopes), np.concatenate(misfits) / data.scale
    best = int(misfit.argmin())
    left = normal(level) ** 2 - (misfit - misfit[best])
    reach = np.sqrt(np.maximum(left, 0) * spread * data.scale)
    low, high = (slope - reach)[left >= 0].min(), (slope + reach)[left >= 0].max()
    zero = int(np.flatnonzero(_SHARES == 0)[0])
    return Corrected(float(misfit[zero]), float(misfit[best]), Estimate(float(slope[best]), float(low), float(high)))


def scaled(data: Centres, misfit: float) -> Centres:
    """``data`` with errors enlarged so that the least ``misfit`` of any model is what it should be on average."""
    freedom = max(1, len(data.logs) - 3)
    return Centres(data.logs, data.values, data.variances, max(1.0, data.scale * misfit / freedom))


def fits(data: Centres, misfit: float) -> bool:
    """May ``misfit`` be chance? At 99.9 %, by the approximation of Wilson and Hilferty to the chi-squared law."""
    freedom = len(data.logs) - 3
    if freedom < 1:
        return True
    part = 2 / (9 * freedom)
    return misfit <= freedom * (1 - part + normal(0.998) * part**0.5) ** 3


def floor_misfit(data: Centres, exponent: float) -> float:
    """The least misfit of a floor: n^exponent under a term that falls faster, and that it has overtaken; see BEGUN."""
    return min(_at(data, exponent, shifts) for shifts in _begun(data))


def slow_misfit(data: Centres, exponent: float) -> float:
    """The least misfit of n^exponent with any correction, with a factor log n, or after a slower decay.

    The last is n^exponent / (1 + c n^-q) or its square, and it has ended; see BEGUN.
    """
    half, whole, _ = _begun(data)
    rows = [*_shifts(data, _SHARES), -half, -whole, -2 * whole]
    if data.logs[0] > 0:
        rows.append(np.log(np.asarray(data.logs))[None, :])
    return min(_at(data, exponent, shifts) for shifts in rows)


def _begun(data: Centres) -> list[Floats]:
    """Logs of corrections whose terms are equal in the first :data:`BEGUN` of the widths, for each of :data:`FORMS`."""
    reach = BEGUN * (data.logs[-1] - data.logs[0])
    pairs = zip(FORMS, _shifts(data, _RISING), strict=True)
    return [shifts[np.exp(q * reach) >= _RISING] for (q, _), shifts in pairs]


def _at(data: Centres, exponent: float, shifts: Floats) -> float:
    weights = 1 / np.asarray(data.variances)
    y = np.asarray(data.values) - exponent * np.asarray(data.logs) - shifts
    return float(_misfit(y, weights).min()) / data.scale


def _misfit(y: Floats, weights: Floats) -> Floats:
    """Weighted sums of squares of the rows of ``y`` about their means."""
    centred = y - (y @ weights / weights.sum())[:, None]
    return centred**2 @ weights


def _shifts(data: Centres, shares: Floats) -> Iterator[Floats]:
    """Logs of corrections by ``shares`` (c n^-q at the smallest width) and width, for each of :data:`FORMS`."""
    steps = np.asarray(data.logs) - data.logs[0]
    for q, power in FORMS:
        yield power * np.log1p(shares[:, None] * np.exp(-q * steps))


def _tuple(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
