"""Which quantiles have the same exponent of n as the highest one, by the slopes of their logs against log n."""

from __future__ import annotations

from enum import Enum

from tp.asymptotics.criteria import Criteria
from tp.statistics.quantile_profile import QuantileProfile

SAME = 0.02
"""Slopes differ where the interval of their difference lies beyond plus or minus this, unless it shrinks with n."""


class Sharing(Enum):
    """Whether a quantile has the exponent of the highest one."""

    SHARES = "shares the exponent"
    DIFFERS = "has another exponent"
    UNCLEAR = "not known to share the exponent"


def sharing(p: QuantileProfile, level: int, criteria: Criteria) -> Sharing:
    """Compare the slope of one quantile with that of the highest level of the profile.

    It shares that exponent if the interval of the difference lies within the margin, and either reaches within
    :data:`SAME` of zero, or the difference shrinks: it is significantly smaller over the larger half of the widths than
    over the smaller half. It differs if the interval lies beyond :data:`SAME` and the difference does not shrink.
    """
    top = len(p.levels) - 1
    if level == top:
        return Sharing.SHARES
    if not p.finite(level) or not p.finite(top):
        return Sharing.UNCLEAR
    gap = (p.slope(top) - p.slope(level)).interval(criteria.confidence)
    apart = gap.low > SAME or gap.high < -SAME
    if apart and not _shrinks(p, level, gap.value, criteria):
        return Sharing.DIFFERS
    return Sharing.SHARES if gap.within(-criteria.margin, criteria.margin) else Sharing.UNCLEAR


def _shrinks(p: QuantileProfile, level: int, gap: float, criteria: Criteria) -> bool:
    trend = (p.trend(len(p.levels) - 1) - p.trend(level)).interval(criteria.confidence)
    return trend.high < 0 if gap > 0 else trend.low > 0


def worst(found: list[Sharing]) -> Sharing:
    """The least favourable of the findings for even and for odd widths."""
    for one in (Sharing.DIFFERS, Sharing.UNCLEAR):
        if one in found:
            return one
    return Sharing.SHARES
