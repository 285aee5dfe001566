"""What a measurement says of a prediction, and of one inequality of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims.inequality import SMALLER, Inequality, Order, by_theory
from tp.statistics.estimate import ROUNDING, Estimate
from tp.statistics.verdict import MARGIN, Judgement, Verdict

if TYPE_CHECKING:
    import numpy as np

    from tp.ndarray import NDArray
    from tp.statistics.fit import Fit


@dataclass(frozen=True, slots=True)
class Measured:
    """The fit of one quantity, and the judgement of what is predicted of it, on a ``grid`` of possible exponents."""

    fit: Fit
    judgement: Judgement
    grid: Fraction | None = None
    mean: Estimate | None = None
    """What the mean, with its sign, tends to."""
    draws: Mapping[int, NDArray[np.float64]] = field(default_factory=dict, compare=False, repr=False)
    """The values that the fit is made of, by width, in the order in which they were drawn."""


def contradicts(order: Order | None, measured: Measured) -> str | None:
    """What the measurement says against the predicted ``order``, as a clause about the quantity; None if nothing.

    A bound is contradicted only by more, an attained order by less, too.
    """
    if order is None:
        return None
    if measured.judgement.verdict is Verdict.REFUTED:
        return "is refuted by the measurement"
    if order.exact and order.exponent is not None:
        if measured.fit.vanishes:
            return "is zero to rounding at every width of the measurement"
        if measured.judgement.verdict is Verdict.LOOSE:
            return "is smaller than predicted in the measurement"
    return None


@dataclass(frozen=True, slots=True)
class Data:
    """What a measurement says of an inequality. ``decides``: it says so also where theory has only a bound."""

    answer: Answer
    decides: bool = True


OPEN = Data(Answer.UNDECIDED)


def by_data(part: Inequality, order: Order | None, measured: Measured) -> Data:
    """Whether the measurement satisfies ``part`` of a quantity with the predicted ``order``.

    The exponent of the claim is judged as a prediction is. An upper bound is satisfied, too, where the confirmed
    prediction or the whole interval lies within it; only a verdict, which rejects larger terms with small prefactors,
    decides where theory does not. That something is zero to rounding never decides: it may be small.
    """
    from tp.statistics.verdict_of_fit import judge  # loads scipy, which tp orders does without

    fit, predicted = measured.fit, measured.judgement.verdict
    if part.relation == "zero":
        own = order is not None and order.exponent is None
        verdict = predicted if own else judge(None, fit).verdict
        return Data(Answer.NO if verdict is Verdict.REFUTED else Answer.of(fit.vanishes or None), decides=False)
    if fit.vanishes:
        return OPEN if part.relation == "Theta" else Data(Answer.YES, decides=False)
    exponent = order.exponent if order is not None else None
    own = exponent == part.exponent
    verdict = predicted
    if not own:
        verdict = judge(part.exponent, fit, measured.grid, exact=part.relation != "O").verdict
    if verdict is Verdict.REFUTED:
        return Data(Answer.NO)
    # A confirmed prediction is what the data say. Where they fit the claimed exponent as well, they say neither.
    confirmed = exponent is not None and predicted is Verdict.CONFIRMED
    found = by_theory(part, Order(exponent)) if confirmed else Answer.UNDECIDED
    claimed = verdict is Verdict.CONFIRMED
    if claimed and part.relation == SMALLER:
        return Data(Answer.NO)
    if found is Answer.NO:
        return OPEN if claimed else Data(Answer.NO)
    if found is Answer.YES:
        return Data(Answer.YES, decides=own)
    match part.relation:
        case "Theta":
            return Data(Answer.YES) if claimed else OPEN
        case "O":
            if verdict in (Verdict.CONFIRMED, Verdict.CONSISTENT, Verdict.LOOSE):
                return Data(Answer.YES)
            return Data(Answer.YES, decides=False) if _within(fit, part.exponent) else OPEN
        case _:
            falls = _within(fit, part.exponent, strictly=True)
            return Data(Answer.YES, decides=verdict is Verdict.LOOSE) if falls else OPEN


def _within(fit: Fit, exponent: Fraction, *, strictly: bool = False) -> bool:
    """Whether the whole interval lies within n^``exponent``, and no upper quantile clearly above it."""
    from tp.statistics.bound import RANGE

    if fit.late is None or fit.widths[-1] < RANGE * fit.widths[0]:
        return False
    edge = float(exponent) - (MARGIN if strictly else -ROUNDING)
    harmless = fit.late.tail.value <= float(exponent) + MARGIN
    return harmless and max(fit.late.overall.high, fit.late.upper.value) <= edge
