"""The course of one quantile of |M_n|/f(n) as n grows, and the fraction of large draws."""

from __future__ import annotations

from math import inf

import numpy as np

from tp.asymptotics.criteria import Criteria
from tp.asymptotics.finding import LevelSlope
from tp.asymptotics.parity import Logs
from tp.statistics.bound import Course, Doubt, Fate, course
from tp.statistics.more import More
from tp.statistics.quantile_profile import QuantileProfile

DRIFT = 0.9
"""The confidence at which a drift of the local slope back to the bound is suspected."""
LOGARITHM = 0.03
"""A slope above this may be that of a logarithm: (log n)^(1/2) has the slope 0.06 at n = 4096."""
FEWER = 2 / 3
"""The fraction of large draws may tend to 0 where it falls to less than this multiple, smallest to largest width."""
FALLING = -2.33
"""The z-score below which the fraction of large draws decreases significantly: 1 % by chance."""


def quantile_course(
    profile: QuantileProfile, level: int, criteria: Criteria, tests: int = 1
) -> tuple[Course, LevelSlope]:
    """Whether one quantile is O(1) along the widths of a profile, and its slopes.

    :func:`tp.statistics.bound.course` decides, with the margin of the criteria as the edge; its strict interval is
    corrected for ``tests`` tests (Bonferroni). A quantile leaves the bound where a significant trend of the local slope
    leads across the edge, or where it rises as a logarithm does: slowly, but for certain, and at the larger half of the
    widths, too. It returns to the bound where a trend significant at :data:`DRIFT` leads back.
    """
    if not profile.finite(level):
        return _zero_or_infinite(profile, level)
    margin, trend = criteria.margin, profile.trend(level)
    whole = profile.slope(level)
    slope = whole.interval(criteria.confidence)
    late = profile.slope(level, profile.upper_half).interval(criteria.confidence)
    ahead = late.value + trend.value

    def leaves() -> More:
        out = ahead > margin and trend.interval(criteria.confidence).low > 0
        logarithm = slope.low > 0 and late.low > 0 and late.value > LOGARITHM
        return More.WIDTHS if out or logarithm else More.NOTHING

    def returns() -> More:
        back = ahead <= margin and trend.interval(DRIFT).high < 0
        return More.WIDTHS if back else More.NOTHING

    strict = whole.interval(1 - (1 - criteria.confidence) / tests)
    found = course(slope, late, margin, leaves, returns, strict)
    return found, LevelSlope(profile.levels[level], profile.name, slope, late, found.fate.value)


def _zero_or_infinite(profile: QuantileProfile, level: int) -> tuple[Course, LevelSlope]:
    late = profile.logs[level][profile.upper_half]
    found, note = Course(Fate.UNCLEAR, Doubt.INTERVAL), "zero at some widths and not at others"
    if np.all(late == -inf):
        found, note = Course(Fate.BOUNDED), "zero"
    elif np.all(late == inf):
        found, note = Course(Fate.UNBOUNDED, above=True), "not zero where f is zero"
    return found, LevelSlope(profile.levels[level], profile.name, None, None, note)


def share_falls(profile: QuantileProfile, level: int, logs: Logs, margin: float) -> tuple[float, float] | None:
    """The fractions of large draws at the smallest and largest width where they fall by a third or more; else None.

    Draws are large above the geometric mean of the lowest quantile and that at ``level``, which must move apart by more
    than n^margin. Where large draws become fewer, a growing quantile may stop growing: M_n = n with probability
    1/log n, and 1 otherwise, is O(1). Significance is that of the score test of a linear trend in log n
    (Armitage, "Tests for linear trends in proportions and frequencies", 1955).
    """
    if not (profile.finite(0) and profile.finite(level)):
        return None
    if profile.slope(level).value - profile.slope(0).value <= margin:
        return None
    counts = np.array(profile.counts, dtype=np.float64)
    lines = (profile.logs[0] + profile.logs[level]) / 2
    shares = np.array([np.mean(logs[n] > line) for n, line in zip(profile.widths, lines, strict=True)])
    pooled = float(shares @ counts / counts.sum())
    if not 0 < pooled < 1:
        return None
    x = profile.log_widths
    centred = x - (x @ counts) / counts.sum()
    score = float((counts * centred) @ shares / np.sqrt(pooled * (1 - pooled) * (counts @ centred**2)))
    fewer = score < FALLING and shares[-1] < FEWER * shares[0]
    return (float(shares[0]), float(shares[-1])) if fewer else None
