"""From a fit to a word: confirmed, refuted, loose or undecided."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from tp.measure.fit import RANGE, Estimate, Fit, Slopes
from tp.measure.plan import MOST_SEEDS
from tp.orders.value import show

MARGIN = 0.2
"""How far an interval may reach from a prediction; less than half of 1/2, the usual distance of exponents."""
LOOSE_WIDTH = 1 << 16
"""No decay is called faster than predicted below this width: leading terms with small prefactors show late.

C^{0,3} of one attention head at 1/sqrt(n) falls as 1/n up to n = 1000 without a sign of the constant beneath.
"""


PRECISION = 0.45
"""How well a line should be known over its widths: in units of log q, from the middle of the interval to its end.

The slope times log(largest / smallest width) should be known to this, so a wide range is worth a precise slope.
"""


class Verdict(Enum):
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    LOOSE = "loose"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason. ``more_seeds`` says whether more samples of the same widths might decide."""

    verdict: Verdict
    reason: str
    more_seeds: bool = False


def unpredicted(fit: Fit) -> Judgement:
    """The judgement where there is no prediction to compare with."""
    return _undecided(fit.problem or "no prediction")


def judge(predicted: Fraction | None, fit: Fit, margin: float = MARGIN) -> Judgement:
    """Compare the exponent ``predicted`` (None: vanishes identically) with what was measured.

    Confirmed needs the whole interval within ``margin`` of the prediction, the local slope of the upper half of
    the widths too, and no significant trend that leads out. Refuted (larger than predicted) and loose (smaller)
    need the intervals of the whole and of the upper half outside, and local slopes that do not move back. Small
    widths before a bend do not count, except as a sign that the slopes move.
    """
    if predicted is None:
        return _judge_zero(fit)
    if show(predicted) == "inf":
        return _undecided("no power of n is predicted")
    if fit.vanishes:
        return _undecided("zero to rounding at every width, where a power of n was predicted")
    if fit.problem is not None or fit.slopes is None or fit.late is None:
        return _undecided(fit.problem or "no slope")
    if fit.widths[-1] < RANGE * fit.widths[0]:
        return _undecided(f"the widths span less than a factor of {RANGE}")
    return _compare(float(predicted), fit, fit.slopes, fit.late, margin)


def _judge_zero(fit: Fit) -> Judgement:
    if fit.vanishes:
        return Judgement(Verdict.CONFIRMED, "zero to rounding in every sample")
    if any(m != m for m in fit.medians):
        return _undecided(fit.problem or "values that are not finite")
    return Judgement(Verdict.REFUTED, "predicted to vanish, but some samples do not")


def _compare(predicted: float, fit: Fit, every: Slopes, late: Slopes, margin: float) -> Judgement:
    low, high = predicted - margin, predicted + margin
    if late.overall.within(low, high):
        return _near(predicted, fit, late, margin)
    if late.overall.low > high:
        falling = every.drift.high < 0 or late.drift.high < 0
        return _outside(Verdict.REFUTED, late.upper.low > high, falling, late)
    if late.overall.high < low:
        if fit.widths[-1] < LOOSE_WIDTH:
            return _undecided("falls faster so far; a constant with a small prefactor would show at larger widths only")
        rising = every.drift.low > 0 or late.drift.low > 0
        return _outside(Verdict.LOOSE, late.upper.high < low, rising, late)
    reason = f"the interval {_shown(late.overall)} is not wholly within {margin:g} of it"
    return _undecided(reason, more_seeds=_reachable(late.overall, predicted, margin, fit.seeds[-1]))


def coarse(fit: Fit) -> bool:
    """Is the interval longer than it should be, and would about :data:`MOST_SEEDS` seeds make it short enough?

    Half of it should be at most :data:`MARGIN`, and :data:`PRECISION` over the logarithm of the range of the widths.
    """
    if fit.late is None or fit.widths[-1] < RANGE * fit.widths[0]:
        return False
    half = (fit.late.overall.high - fit.late.overall.low) / 2
    aim = min(MARGIN, PRECISION / math.log(fit.widths[-1] / fit.widths[0]))
    return half > aim and fit.seeds[-1] * half**2 <= 2 * MOST_SEEDS * aim**2


def _reachable(found: Estimate, predicted: float, margin: float, seeds: int) -> bool:
    """Would about :data:`MOST_SEEDS` seeds bring the interval to one side of the edge of the margin?

    Its length falls as the square root of the number of seeds; a bias from small widths does not.
    """
    distance = abs(margin - abs(found.value - predicted))
    return seeds * ((found.high - found.low) / 2) ** 2 <= 2 * MOST_SEEDS * distance**2


def _near(predicted: float, fit: Fit, slopes: Slopes, margin: float) -> Judgement:
    if abs(slopes.upper.value - predicted) > margin:
        reason = f"the larger half of the widths alone gives {slopes.upper.value:.2f}"
        return _undecided(reason, more_seeds=_overlaps(slopes.upper, predicted, margin))
    ahead = slopes.upper.value + slopes.trend.value
    moving = slopes.trend.low > 0 or slopes.trend.high < 0
    if moving and abs(ahead - predicted) > margin:
        return _undecided(f"the local slope moves away: {_moves(slopes)}")
    if slopes.tail.low > predicted + margin:
        return _undecided(f"the upper quantile has the slope {slopes.tail.value:.2f}")
    since = f" from n = {fit.start} on" if fit.start > fit.widths[0] else ""
    return Judgement(Verdict.CONFIRMED, f"interval within {margin:g}{since}")


def _outside(verdict: Verdict, upper: bool, returning: bool, slopes: Slopes) -> Judgement:
    if returning:
        return _undecided(f"the local slope still moves towards the prediction: {_moves(slopes)}; use larger widths")
    if not upper:
        return _undecided("the larger half of the widths alone does not decide", more_seeds=True)
    words = "larger" if verdict is Verdict.REFUTED else "smaller"
    return Judgement(verdict, f"{words} than predicted, and no sign of a change with the width")


def _overlaps(estimate: Estimate, predicted: float, margin: float) -> bool:
    return estimate.low <= predicted + margin and estimate.high >= predicted - margin


def _moves(slopes: Slopes) -> str:
    return f"{slopes.lower.value:z.2f} then {slopes.upper.value:z.2f}"


def _shown(estimate: Estimate) -> str:
    return f"[{estimate.low:z.2f}, {estimate.high:z.2f}]"


def _undecided(reason: str, *, more_seeds: bool = False) -> Judgement:
    return Judgement(Verdict.UNDECIDED, reason, more_seeds)
