"""How wide a network must be: the width from which a quantity stays below a tolerance."""

from __future__ import annotations

from dataclasses import dataclass

from tp.answer import Answer
from tp.statistics.estimate import Estimate
from tp.statistics.size import Size
from tp.statistics.verdict import Verdict
from tp.studies.judging import QuantityResult
from tp.studies.sizes import sized

FARTHEST = 1e15
"""Widths beyond this one are not looked at."""
_STEP = 1.02
"""The ratio of neighbouring widths that are tried."""
_HALVINGS = 20
"""How often the width between two of them is bisected."""


@dataclass(frozen=True, slots=True)
class NeededWidth:
    """Whether the size of ``quantity`` is below ``tolerance`` from some ``width`` on, with the interval of that width.

    ``answer`` is NO where it stays above, and UNDECIDED where the measurement does not tell. Where the width is not
    ``inside`` the measured ones, it rests on the predicted exponent. ``below`` marks the smallest width as one that is
    large enough already.
    """

    quantity: str
    tolerance: float
    answer: Answer
    reason: str
    width: Estimate | None = None
    inside: bool = True
    below: bool = False


def needed_width(q: QuantityResult, tolerance: float) -> NeededWidth:
    """The width from which the size of ``q`` (:mod:`tp.statistics.size`) is below ``tolerance``, which is positive.

    Where the exponent is confirmed and attained, sizes at larger widths follow from it. Where only a bound that falls
    is confirmed, the width must lie among the measured ones. Otherwise it is undecided.
    """

    def found(answer: Answer, reason: str) -> NeededWidth:
        return NeededWidth(q.name, tolerance, answer, reason)

    fit, verdict = q.fit, q.judgement.verdict
    if fit is not None and fit.vanishes and verdict is Verdict.CONFIRMED:
        return found(Answer.YES, "it vanishes at every width")
    known = sized(q)
    if fit is None or fit.late is None or known is None:
        return found(Answer.UNDECIDED, q.judgement.reason)
    slope = fit.late.overall
    if verdict is Verdict.UNDECIDED or not q.known or q.predicted is None:
        return found(Answer.UNDECIDED, f"the exponent is undecided: {q.judgement.reason}")
    if verdict is Verdict.REFUTED:
        return found(Answer.NO, "it grows") if slope.low > 0 else found(Answer.UNDECIDED, "the prediction is refuted")
    if known.predicted:
        if known.exponent > 0:
            return found(Answer.NO, "it grows")
        return _attained(q.name, known.size, tolerance, known.exponent == 0, fit.widths[-1])
    if q.predicted >= 0 or slope.high >= 0:
        return found(Answer.UNDECIDED, "only an upper bound is confirmed, which does not fall")
    return _measured(q.name, known.size, tolerance, fit.widths[-1])


def _attained(name: str, size: Size, tolerance: float, flat: bool, largest: int) -> NeededWidth:
    """For a confirmed exponent that is negative, or 0 (``flat``)."""
    if flat:
        limit = size.coefficient
        if limit.low > tolerance:
            reason = f"it does not fall with n: its size tends to {limit.value:.3g}, which is above the tolerance"
            return NeededWidth(name, tolerance, Answer.NO, reason)
        if limit.high >= tolerance:
            reason = f"its size tends to {limit.value:.3g}, which is too near the tolerance to tell"
            return NeededWidth(name, tolerance, Answer.UNDECIDED, reason)
    found = crossing(size, tolerance)
    if found.high >= FARTHEST / _STEP:
        return NeededWidth(name, tolerance, Answer.UNDECIDED, f"not within n = {FARTHEST:.0e} for sure")
    inside = found.high <= largest
    reason = "" if inside else f"beyond the measured widths, which end at {largest}: from the confirmed exponent"
    return NeededWidth(name, tolerance, Answer.YES, reason, found, inside, found.high <= size.start)


def _measured(name: str, size: Size, tolerance: float, largest: int) -> NeededWidth:
    """For an upper bound that is confirmed and falls."""
    found = crossing(size, tolerance)
    if found.high > largest:
        reason = f"not within the measured widths, which end at {largest}; only an upper bound is known beyond them"
        return NeededWidth(name, tolerance, Answer.UNDECIDED, reason)
    return NeededWidth(name, tolerance, Answer.YES, "", found, True, found.high <= size.start)


def crossing(size: Size, tolerance: float) -> Estimate:
    """The last width at which the size, and either end of its interval, is ``tolerance``; between start and FARTHEST.

    Sizes that cross it twice within 2 % of a width are not noticed.
    """
    widths = [float(size.start)]
    while widths[-1] < FARTHEST:
        widths.append(widths[-1] * _STEP)
    found = [size.at(n) for n in widths]

    def last(end: str) -> float:
        above = [k for k, at in enumerate(found) if getattr(at, end) > tolerance]
        if not above:
            return widths[0]
        low = widths[above[-1]]
        high = low * _STEP
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if getattr(size.at(middle), end) > tolerance else (low, middle)
        return low

    return Estimate(last("value"), last("low"), last("high"), size.confidence)
