"""The outcome of a claim about a limit, from the limit itself and from means at several widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims.inequality import Inequality, Order
from tp.statistics.verdict import Verdict
from tp.studies.claims.outcome import Outcome
from tp.studies.claims.rule import RULE, Finding, Theory

if TYPE_CHECKING:
    from tp.program import Claim
    from tp.statistics.estimate import Estimate
    from tp.studies.claims.support import Measured
    from tp.theory.predicted_size import PredictedSize


def limited(
    claim: Claim, part: Inequality, order: Order | None, measured: Measured | None, predicted: PredictedSize | None
) -> Outcome:
    """Whether the limit is ``claim.value`` up to ``claim.tolerance``.

    Theory decides it by the ``predicted`` limit, or by the ``order`` of a quantity that decays or grows. A measurement
    decides it alone only where theory is silent. Where it contradicts theory the claim does not hold.
    """
    theory, reason = _by_theory(claim, order, predicted)
    heard = Answer.UNDECIDED if measured is None else _by_data(claim, order, measured)
    mean = None if measured is None else measured.mean
    if measured is None and theory is Theory.OPEN:
        reason = "the limit depends on inputs: tp verify computes it"
    elif measured is not None and measured.judgement.verdict is Verdict.REFUTED:
        theory, reason = Theory.SILENT, f"the prediction for {part.quantity} is refuted by the measurement"
    elif mean is not None and _misses(mean, predicted):
        theory = theory if heard is Answer.NO else Theory.SILENT
        reason = f"{reason}, but the interval of the measured one excludes it"
    answer, confirmed = RULE[theory, heard]
    if mean is not None:
        reason = f"{reason}, measured {_shown(mean)}"
    finding = Finding(part, answer, reason, measured=measured is not None, confirmed=confirmed)
    return Outcome(answer, reason, (finding,), settled=confirmed)


def _by_theory(claim: Claim, order: Order | None, predicted: PredictedSize | None) -> tuple[Theory, str]:
    if predicted is not None and predicted.exponent == 0:
        if predicted.deviation:
            return Theory.FAILS, f"it tends to a random number with standard deviation {predicted.deviation:.4g}"
        answer = _inside(claim, *_ends(predicted))
        reason = f"the limit is {predicted.mean:.6g}"
        return {Answer.YES: Theory.HOLDS, Answer.NO: Theory.FAILS}.get(answer, Theory.OPEN), reason
    if _decays(order):
        return (Theory.HOLDS if _inside(claim, 0.0, 0.0) is Answer.YES else Theory.FAILS), "the limit is 0"
    if order is not None and order.exact and order.exponent is not None and order.exponent > 0:
        return Theory.FAILS, "it grows with n"
    return Theory.OPEN, "no limit is known"


def _by_data(claim: Claim, order: Order | None, measured: Measured) -> Answer:
    """What the measurement says. A quantity tends to 0 where a measured power of n agrees with one that decays."""
    if _decays(order) and measured.judgement.verdict is Verdict.CONFIRMED:
        return _inside(claim, 0.0, 0.0)
    mean = measured.mean
    return Answer.UNDECIDED if mean is None else _inside(claim, mean.low, mean.high)


def _decays(order: Order | None) -> bool:
    return order is not None and (order.exponent is None or order.exponent < 0)


def _ends(predicted: PredictedSize) -> tuple[float, float]:
    """The limit minus and plus its numerical error."""
    error = predicted.error * abs(predicted.mean)
    return predicted.mean - error, predicted.mean + error


def _misses(mean: Estimate, predicted: PredictedSize | None) -> bool:
    """Whether the interval of the measured mean excludes the predicted limit."""
    if predicted is None or predicted.exponent or predicted.deviation:
        return False
    low, high = _ends(predicted)
    return high < mean.low or mean.high < low


def _inside(claim: Claim, low: float, high: float) -> Answer:
    """Whether all, none or some of [low, high] is within the tolerance of the claim."""
    least, most = claim.value - claim.tolerance, claim.value + claim.tolerance
    if least <= low and high <= most:
        return Answer.YES
    return Answer.NO if high < least or most < low else Answer.UNDECIDED


def _shown(mean: Estimate) -> str:
    return f"{mean.value:.4g} [{mean.low:.4g}, {mean.high:.4g}]"
