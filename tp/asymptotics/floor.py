"""The floor test: whether a random tensor decays to zero or levels off at a constant."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from tp.asymptotics.criteria import Criteria
from tp.asymptotics.finding import LevelSlope
from tp.asymptotics.parity import draws, profiles
from tp.asymptotics.samples import Plan, Samples, as_samples
from tp.asymptotics.series import Series
from tp.asymptotics.tensors import Floats
from tp.statistics.bootstrap import Bootstrapped
from tp.statistics.corrections import Centres, misfit
from tp.statistics.estimate import Estimate
from tp.statistics.quantile_profile import QuantileProfile
from tp.statistics.quantiles import supported
from tp.statistics.rival_laws import ODDS, floor_misfit
from tp.statistics.verdict import Verdict

DECAYS = np.linspace(0.1, 3.0, 59)
"""Exponents b that c + a n^(-b) is fitted with."""
HALF = 0.5
"""A constant that is more than this fraction of the quantile at the largest width is a floor."""
LOGARITHMS = np.array([0.25, 0.5, 1.0, 2.0, 3.0])
"""Decays as (log n)^-k with these k look like a constant under a power of n, unless the draws tell them apart."""
_EXACT = 1e-6
"""A variance of logs that stands for rounding errors."""


@dataclass(frozen=True, slots=True)
class FloorTest:
    """The verdict on "M decays". Refuted: it levels off, or grows.

    ``share`` is the constant c as a fraction of the quantile at the largest width, for the parity of widths where that
    is larger; ``floor`` is c itself. Both are None where nothing was fitted. ``evidence`` has the slopes.
    """

    verdict: Verdict
    reason: str
    share: Estimate | None
    floor: Estimate | None
    evidence: tuple[LevelSlope, ...]


def decays(
    source: Series | Samples, plan: Plan | None = None, criteria: Criteria | None = None, level: float = 0.5
) -> FloorTest:
    """Whether ||M_n|| decays as a power of n, and not to a positive constant.

    The quantile at ``level`` is fitted by c + a n^(-b), c and a at least 0, b in :data:`DECAYS`, by least squares of
    relative errors, for even and odd widths, with bootstrap intervals. Confirmed: the interval of c lies below half of
    the quantile at the largest width, and that of the slope over the larger half of the widths below minus the margin.
    A smaller constant is not excluded; ``share`` says how large it may be. The highest level of the criteria that the
    draws support must fall, too. Refuted: the interval of c lies above half of the quantile, and that of the slope
    above minus the margin, or the slope flattens significantly; or the slope is positive. Undecided: all else, and
    where a decay as a power of log n fits about as well as a constant.

    Raises ValueError where ``source`` is Samples and a plan is given, for norms that are not known exactly, and for a
    level outside (0, 1).
    """
    criteria = criteria or Criteria()
    if not 0 < level < 1:
        raise ValueError("the level lies between 0 and 1")
    samples = as_samples(source, plan)
    below, above = samples.logs()
    if above is not below:
        raise ValueError("a floor test needs norms that are known exactly (rank 2 at most)")
    if not supported(level, draws(below)):
        return FloorTest(Verdict.UNDECIDED, f"too few draws for the quantile {level:g}", None, None, ())
    found = profiles(below, [level])
    evidence = tuple(LevelSlope.of(p, 0, criteria.confidence, "whole and larger half") for p in found)
    if not all(p.long_enough and len(p.widths) >= 4 for p in found):
        return FloorTest(Verdict.UNDECIDED, "fewer than 4 widths, or less than a factor of 8", None, None, evidence)
    if not all(p.finite(0) for p in found):
        return FloorTest(Verdict.UNDECIDED, "zero at some widths", None, None, evidence)
    fits = [_floors(p, criteria) for p in found]
    share, floor = max(fits, key=lambda fit: fit[0].value)
    lates = [line.late for line in evidence if line.late is not None]
    if all(s.high < HALF for s, _ in fits) and all(late.high < -criteria.margin for late in lates):
        higher = [q for q in criteria.levels if q > level and supported(q, draws(below))][-1:]
        for p in profiles(below, higher) if higher else []:
            if not (p.finite(0) and p.slope(0, p.upper_half).value < -criteria.margin):
                reason = f"the quantile {level:g} decays, but the quantile {higher[0]:g} does not ({p.name})"
                return FloorTest(Verdict.UNDECIDED, reason, share, floor, evidence)
        reason = f"at most {max(s.high for s, _ in fits):.0%} of the quantile is constant at n = {samples.widths[-1]}"
        return FloorTest(Verdict.CONFIRMED, reason, share, floor, evidence)
    for p, (constant, _), late in zip(found, fits, lates, strict=True):
        flattens = p.trend(0).interval(criteria.confidence).low > 0
        if constant.low > HALF and (late.low > -criteria.margin or (flattens and late.value > -2 * criteria.margin)):
            if _logarithmic(p):
                same = "a decay as a power of log n would look the same; divide by log n, or use larger widths"
                return FloorTest(Verdict.UNDECIDED, same, share, floor, evidence)
            reason = f"at least {constant.low:.0%} of the quantile is constant at n = {p.widths[-1]}"
            return FloorTest(Verdict.REFUTED, reason, share, floor, evidence)
        if late.low > 0 and p.slope(0).interval(criteria.confidence).low > 0:
            return FloorTest(Verdict.REFUTED, f"the quantile grows, slope {late} ({p.name})", share, floor, evidence)
    reason = f"{share.low:.0%} to {share.high:.0%} of the quantile is constant; use larger widths or more draws"
    return FloorTest(Verdict.UNDECIDED, reason, share, floor, evidence)


def _floors(p: QuantileProfile, criteria: Criteria) -> tuple[Estimate, Estimate]:
    """The constant as a fraction of the quantile at the largest width, and the constant itself."""
    logs = np.column_stack(p.curve(0)).T
    constants = _fitted(logs, p.log_widths)
    shares = constants / np.exp(logs[:, -1])
    share, constant = (Bootstrapped(float(c[0]), c[1:]).interval(criteria.confidence) for c in (shares, constants))
    return share, constant


def _logarithmic(p: QuantileProfile) -> bool:
    """Whether a decay as a power of log n is not excluded in favour of a constant under a power of n."""
    found, resampled = p.curve(0)
    data = Centres(p.log_widths, found, resampled.var(axis=1) + _EXACT)
    rows = found + LOGARITHMS[:, None] * np.log(p.log_widths)
    slow = float(misfit(rows, 1 / data.variances).min())
    return slow - floor_misfit(data, 0.0) < 2 * log(ODDS)


def _fitted(logs: Floats, log_n: Floats) -> Floats:
    """The constants c of the best fits of each row of ``logs`` [k, widths] by c + a n^(-b).

    For each b the relative errors 1 - (c + a n^(-b))/q are linear in c and a, so least squares has a closed form. Where
    c or a comes out negative, the best fit with both at least 0 has it zero.
    """
    scale = logs[:, -1:]
    inverse = np.exp(scale - logs)
    best, constant = np.full(len(logs), np.inf), np.zeros(len(logs))
    ones = inverse.sum(axis=1)
    squares = np.sum(inverse**2, axis=1)
    for b in DECAYS:
        shape = np.exp(-b * (log_n - log_n[-1])) * inverse
        uu, uv, vv, v = squares, np.sum(inverse * shape, axis=1), np.sum(shape**2, axis=1), shape.sum(axis=1)
        determinant = uu * vv - uv**2
        with np.errstate(divide="ignore", invalid="ignore"):
            c = (ones * vv - v * uv) / determinant
            a = (v * uu - ones * uv) / determinant
        lone_c, lone_a = ones / uu, v / vv
        flat = ~(a > 0)
        pure = ~flat & ~(c > 0)
        c = np.where(flat, lone_c, np.where(pure, 0.0, c))
        a = np.where(flat, 0.0, np.where(pure, lone_a, a))
        error = np.sum((1 - c[:, None] * inverse - a[:, None] * shape) ** 2, axis=1)
        better = error < best
        best, constant = np.where(better, error, best), np.where(better, c, constant)
    return constant * np.exp(scale[:, 0])
