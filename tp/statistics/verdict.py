"""From a fit to a word: confirmed, refuted, loose or undecided."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from tp.exponent import show
from tp.sampling.plan import MOST_SEEDS
from tp.statistics.corrections import Centres
from tp.statistics.estimate import Estimate
from tp.statistics.fit import ODDS, RANGE, Fit
from tp.statistics.more import More
from tp.statistics.rival_laws import floor_misfit, slow_misfit
from tp.statistics.slopes import QUANTILES, Slopes

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
    """A verdict with its reason, and what ``more`` might decide where it is open.

    What is confirmed asks for larger widths, too: a floor may begin there.
    """

    verdict: Verdict
    reason: str
    more: More = More.NOTHING


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
        return _undecided(f"the widths span less than a factor of {RANGE}", More.WIDTHS)
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
        return _above(exponent, fit, late, high)
    if late.overall.high < low:
        return _below(exponent, fit, late, low)
    reason = f"the interval {_shown(late.overall)} is not wholly within {margin:g} of it"
    return _undecided(reason, More.SEEDS if _reachable(late.overall, exponent, margin, fit.seeds[-1]) else More.WIDTHS)


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
    if abs(slopes.upper.value - exponent) > margin:
        return _undecided(_half(slopes), More.WIDTHS | More.SEEDS)
    for q, found in zip(QUANTILES[1:], slopes.upper_quantiles, strict=True):
        if found.value > exponent + margin:
            return _undecided(f"the {q:.0%} quantile has the slope {found.value:.2f}", More.WIDTHS | More.SEEDS)
    rival = predicted + spacing(predicted)
    doubt = _doubt(fit, floor_misfit, float(rival))
    if doubt:
        return _undecided(f"n^({show(rival)}) with a small prefactor would look the same at these widths", doubt)
    return Judgement(Verdict.CONFIRMED, f"interval within {margin:g}{_basis(fit)}", More.WIDTHS)


def _above(predicted: float, fit: Fit, slopes: Slopes, high: float) -> Judgement:
    """The interval lies above the prediction: refuted unless the prediction could look like that so far."""
    doubt = _doubt(fit, slow_misfit, predicted)
    if doubt:
        reason = f"the local slope still moves towards the prediction: {_moves(slopes)}"
        if slopes.upper.value >= slopes.lower.value:
            reason = "a logarithm, or a term of lower order, would look the same at these widths"
        return _undecided(f"{reason}; use larger widths", doubt)
    if slopes.upper.low <= high:
        return _undecided(_half(slopes), More.WIDTHS | More.SEEDS)
    return Judgement(Verdict.REFUTED, f"larger than predicted: about {_power(slopes)}{_basis(fit)}")


def _below(predicted: float, fit: Fit, slopes: Slopes, low: float) -> Judgement:
    """The interval lies below the prediction: loose unless the predicted term could still be hidden."""
    seen = f"about {_power(slopes)}"
    if fit.widths[-1] < LOOSE_WIDTH:
        hidden = "a predicted term with a small prefactor would show at larger widths only"
        return _undecided(f"falls faster so far, {seen}; {hidden}", More.WIDTHS)
    doubt = _doubt(fit, floor_misfit, predicted)
    if doubt:
        reason = f"the local slope still moves towards the prediction: {_moves(slopes)}; use larger widths"
        return _undecided(reason, doubt)
    if slopes.upper.high >= low:
        return _undecided(_half(slopes), More.WIDTHS | More.SEEDS)
    return Judgement(Verdict.LOOSE, f"smaller than predicted: {seen}{_basis(fit)}")


def _doubt(fit: Fit, rival: Callable[[Centres, float], float], exponent: float) -> More:
    """What is needed to reject a ``rival`` law with ``exponent``: nothing where the best one is so much likelier.

    That is by :data:`ODDS` times the number of quantities that are judged together. More seeds do not help where it
    fits clearly better, nor after :data:`MOST_SEEDS` of them.
    """
    assert fit.centres is not None
    enough = 2 * math.log(ODDS * fit.quantities)
    excess = rival(fit.centres, exponent) - fit.misfit
    if excess >= enough:
        return More.NOTHING
    return More.WIDTHS | (More.SEEDS if fit.seeds[-1] < MOST_SEEDS and excess > -enough else More.NOTHING)


def _basis(fit: Fit) -> str:
    """Which widths and which model a verdict rests on, where not all of them and not a plain power."""
    since = f" from n = {fit.start} on" if fit.start > fit.widths[0] else ""
    return since + (", with a correction of lower order" if fit.bent else "")


def _power(slopes: Slopes) -> str:
    return f"n^{slopes.overall.value:z.2f}"


def _half(slopes: Slopes) -> str:
    """What is seen at the larger half of the widths, whatever a model makes of it."""
    found = slopes.upper
    return f"the larger half of the widths alone gives {found.value:z.2f} {_shown(found)}"


def _moves(slopes: Slopes) -> str:
    return f"{slopes.lower.value:z.2f} then {slopes.upper.value:z.2f}"


def _shown(estimate: Estimate) -> str:
    return f"[{estimate.low:z.2f}, {estimate.high:z.2f}]"


def _undecided(reason: str, more: More = More.NOTHING) -> Judgement:
    return Judgement(Verdict.UNDECIDED, reason, more)
