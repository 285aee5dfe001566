"""What one quantile of |M_n|/f(n) does as n grows: bounded, unbounded or unclear."""

from __future__ import annotations

from enum import Enum
from math import inf

import numpy as np

from tp.asymptotics.profile import Criteria, Profile, estimate
from tp.asymptotics.tensors import Floats
from tp.asymptotics.verdict import LevelSlope
from tp.statistics.estimate import Estimate

DRIFT = 0.9
"""Confidence at which a drift of the local slope back to the bound is suspected; low, so that it is noticed early."""
FEWER = 2 / 3
"""A share that falls to less than this part is one that may vanish."""
FALLING = -2.33
"""A share of large draws that falls by so many standard errors is suspected to vanish, 1 % of the time wrongly."""


class Fate(Enum):
    BOUNDED = "bounded"
    UNBOUNDED = "unbounded"
    UNCLEAR = "unclear"


def fate(profile: Profile, level: int, criteria: Criteria, tests: int = 1) -> tuple[Fate, LevelSlope]:
    """The fate of one quantile along one parity of widths.

    Bounded: the interval of its slope lies below the margin, the larger half of the widths agrees, and no significant
    trend leads out. Unbounded: the interval, at a confidence for ``tests`` tests at once, and that of the larger half
    lie above the margin, and no significant drift leads back to it.
    """
    q, name = profile.levels[level], profile.name
    row = profile.logs[level]
    if not profile.finite(level):
        late = row[profile.upper_half]
        if np.all(late == -inf):
            return Fate.BOUNDED, LevelSlope(q, name, None, None, "zero")
        if np.all(late == inf):
            return Fate.UNBOUNDED, LevelSlope(q, name, None, None, "not zero where f is")
        return Fate.UNCLEAR, LevelSlope(q, name, None, None, "zero at some widths and not at others")
    overall = estimate(profile.slope(level), criteria.confidence)
    late = estimate(profile.slope(level, profile.upper_half), criteria.confidence)
    found = _fate(profile, level, criteria, tests, overall, late)
    return found, LevelSlope(q, name, overall, late, found.value)


def _fate(profile: Profile, level: int, criteria: Criteria, tests: int, overall: Estimate, late: Estimate) -> Fate:
    margin = criteria.margin
    trend = profile.trend(level)
    if overall.high <= margin and late.value <= margin:
        leaves = estimate(trend, criteria.confidence).low > 0 and late.value + trend[0] > margin
        return Fate.UNCLEAR if leaves else Fate.BOUNDED
    strict = estimate(profile.slope(level), 1 - (1 - criteria.confidence) / tests)
    returns = estimate(trend, DRIFT).high < 0 and late.value + trend[0] <= margin
    if strict.low > margin and late.low > margin and not returns:
        return Fate.UNBOUNDED
    return Fate.UNCLEAR


def share_falls(profile: Profile, level: int, logs: dict[int, Floats], margin: float) -> tuple[float, float] | None:
    """The share of large draws at the smallest and the largest width, if it falls significantly by a third; else None.

    Large are draws above the middle, in logarithms, of the lowest quantile and the one at ``level``, if the two move
    apart by more than n^margin. Where they become fewer, a quantile that grows so far may stop to: M_n = n with
    probability 1/log n, and 1 otherwise, is O(1). The test is the score test of a linear trend in log n.
    """
    if not (profile.finite(0) and profile.finite(level)) or profile.slope(level)[0] - profile.slope(0)[0] <= margin:
        return None
    x = np.log(np.array(profile.widths, dtype=np.float64))
    counts = np.array(profile.counts, dtype=np.float64)
    lines = (profile.logs[0] + profile.logs[level]) / 2
    shares = np.array([np.mean(logs[n] > line) for n, line in zip(profile.widths, lines, strict=True)])
    pooled = float(shares @ counts / counts.sum())
    if not 0 < pooled < 1:
        return None
    centred = x - (x @ counts) / counts.sum()
    score = float((counts * centred) @ shares / np.sqrt(pooled * (1 - pooled) * (counts @ centred**2)))
    fewer = score < FALLING and shares[-1] < FEWER * shares[0]
    return (float(shares[0]), float(shares[-1])) if fewer else None
