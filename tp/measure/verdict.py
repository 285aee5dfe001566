"""From a fit to a word: confirmed, refuted, loose or undecided."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from tp.measure.corrections import Centres, floor_misfit, slow_misfit
from tp.measure.fit import RANGE, Fit
from tp.measure.plan import MOST_SEEDS
from tp.measure.slopes import QUANTILES, Estimate, Slopes
from tp.orders.value import show

MARGIN = 0.2
"""How far an interval may reach from a prediction; less than half of 1/2, the usual distance of exponents."""
LOOSE_WIDTH = 1 << 16
"""No decay is called faster than predicted below this width: leading terms with small prefactors show late.

C^{0,3} of one attention head at 1/sqrt(n) falls as 1/n up to n = 1000 without a sign of the constant beneath.
"""

REJECTED = 9.0
"""A rival model is rejected when its misfit exceeds that of the best one by this much.

The likelihood ratio is then e^4.5 = 90, at whatever number of seeds one stops.
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

    Confirmed needs the whole interval within ``margin`` of the prediction (half as much for one that is no multiple
    of 1/2), and a floor that is half a power larger must fit clearly worse. Refuted needs the interval above that,
    and the prediction must fit clearly worse even with a logarithm or with a correction that fades. Loose (smaller)
    needs the interval below, widths up to :data:`LOOSE_WIDTH`, and the prediction must fit worse as a floor.
    """
    if predicted is None:
        return _judge_zero(fit)
    if show(predicted) == "inf":
        return _undecided("no power of n is predicted")
    if fit.vanishes:
        return _undecided("zero to rounding at every width, where a power of n was predicted")
    if fit.problem is not None or fit.late is None:
        return _undecided(fit.problem or "no slope")
    if fit.widths[-1] < RANGE * fit.widths[0]:
        return _undecided(f"the widths span less than a factor of {RANGE}")
    return _compare(predicted, fit, fit.late, margin)


def _judge_zero(fit: Fit) -> Judgement:
    if fit.vanishes:
        return Judgement(Verdict.CONFIRMED, "zero to rounding in every sample")
    if any(m != m for m in fit.medians):
        return _undecided(fit.problem or "values that are not finite")
    return Judgement(Verdict.REFUTED, "predicted to vanish, but some samples do not")


def _compare(predicted: Fraction, fit: Fit, late: Slopes, margin: float) -> Judgement:
    exponent = float(predicted)
    margin = min(margin, MARGIN * float(spacing(predicted) * 2))
    low, high = exponent - margin, exponent + margin
    if late.overall.within(low, high):
        return _near(predicted, fit, late, margin)
    if late.overall.low > high:
        return _above(exponent, fit, late)
    if late.overall.high < low:
        return _below(exponent, fit, late)
    reason = f"the interval {_shown(late.overall)} is not wholly within {margin:g} of it"
    return _undecided(reason, more_seeds=_reachable(late.overall, exponent, margin, fit.seeds[-1]))


def spacing(predicted: Fraction) -> Fraction:
    """How far the next exponent is that a quantity could have: 1/2 from multiples of 1/2, otherwise 1/4."""
    return Fraction(1, 2) if predicted.denominator <= 2 else Fraction(1, 4)


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


def _near(predicted: Fraction, fit: Fit, slopes: Slopes, margin: float) -> Judgement:
    """The interval is near ``predicted``: confirmed unless something else fits as well."""
    exponent = float(predicted)
    if not fit.bent and (slopes.upper.low > exponent + margin or slopes.upper.high < exponent - margin):
        return _undecided(f"the local slope moves away: {_moves(slopes)}")
    for q, found in zip(QUANTILES[1:], slopes.upper_quantiles, strict=True):
        if found.low > exponent + margin:
            return _undecided(f"the {q:.0%} quantile has the slope {found.value:.2f}")
    rival = predicted + spacing(predicted)
    excess = _excess(fit, floor_misfit, float(rival))
    if excess < REJECTED:
        reason = f"n^({show(rival)}) with a small prefactor would look the same at these widths"
        return _undecided(reason, more_seeds=_open(excess, fit.seeds[-1]))
    return Judgement(Verdict.CONFIRMED, f"interval within {margin:g}{_basis(fit)}")


def _above(predicted: float, fit: Fit, slopes: Slopes) -> Judgement:
    """The interval lies above the prediction: refuted unless the prediction could look like that so far."""
    excess = _excess(fit, slow_misfit, predicted)
    if excess < REJECTED:
        reason = f"the local slope still moves towards the prediction: {_moves(slopes)}"
        if slopes.upper.value >= slopes.lower.value:
            reason = "a logarithm, or a term of lower order, would look the same at these widths"
        return _undecided(f"{reason}; use larger widths", more_seeds=_open(excess, fit.seeds[-1]))
    return Judgement(Verdict.REFUTED, f"larger than predicted: about {_power(slopes)}{_basis(fit)}")


def _below(predicted: float, fit: Fit, slopes: Slopes) -> Judgement:
    """The interval lies below the prediction: loose unless the predicted term could still be hidden."""
    seen = f"about {_power(slopes)}"
    if fit.widths[-1] < LOOSE_WIDTH:
        hidden = "a predicted term with a small prefactor would show at larger widths only"
        return _undecided(f"falls faster so far, {seen}; {hidden}")
    excess = _excess(fit, floor_misfit, predicted)
    if excess < REJECTED:
        reason = f"the local slope still moves towards the prediction: {_moves(slopes)}; use larger widths"
        return _undecided(reason, more_seeds=_open(excess, fit.seeds[-1]))
    return Judgement(Verdict.LOOSE, f"smaller than predicted: {seen}{_basis(fit)}")


def _excess(fit: Fit, rival: Callable[[Centres, float], float], exponent: float) -> float:
    """How much worse than the best model a ``rival`` with ``exponent`` fits."""
    assert fit.centres is not None
    return rival(fit.centres, exponent) - fit.misfit


def _open(excess: float, seeds: int) -> bool:
    """Is it open whether more seeds will reject a rival? Not when it fits clearly better, nor after enough seeds."""
    return seeds < MOST_SEEDS and excess > -REJECTED


def _basis(fit: Fit) -> str:
    """Which widths and which model a verdict rests on, where not all of them and not a plain power."""
    since = f" from n = {fit.start} on" if fit.start > fit.widths[0] else ""
    return since + (", with a correction of lower order" if fit.bent else "")


def _power(slopes: Slopes) -> str:
    return f"n^{slopes.overall.value:z.2f}"


def _moves(slopes: Slopes) -> str:
    return f"{slopes.lower.value:z.2f} then {slopes.upper.value:z.2f}"


def _shown(estimate: Estimate) -> str:
    return f"[{estimate.low:z.2f}, {estimate.high:z.2f}]"


def _undecided(reason: str, *, more_seeds: bool = False) -> Judgement:
    return Judgement(Verdict.UNDECIDED, reason, more_seeds)
