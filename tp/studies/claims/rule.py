"""The one rule by which theory and measurement decide an inequality (docs/results.md has it as a table).

Truth first: nothing holds beside a measurement of the same run that contradicts it or the prediction that it rests on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tp.answer import Answer
from tp.claims.inequality import Inequality, Order, by_theory, said
from tp.exponent import show
from tp.studies.claims.support import Data, Measured, by_data, contradicts


class Theory(Enum):
    """What theory says of an inequality, after the measurement of the same quantity has been heard."""

    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "only a bound is known"
    SILENT = "no prediction, or one that the measurement contradicts"


RULE: dict[tuple[Theory, Answer], tuple[Answer, bool]] = {
    (Theory.HOLDS, Answer.YES): (Answer.YES, True),
    (Theory.HOLDS, Answer.UNDECIDED): (Answer.YES, False),
    (Theory.HOLDS, Answer.NO): (Answer.UNDECIDED, False),
    (Theory.FAILS, Answer.YES): (Answer.NO, False),
    (Theory.FAILS, Answer.UNDECIDED): (Answer.NO, False),
    (Theory.FAILS, Answer.NO): (Answer.NO, True),
    (Theory.OPEN, Answer.YES): (Answer.YES, True),
    (Theory.OPEN, Answer.UNDECIDED): (Answer.UNDECIDED, False),
    (Theory.OPEN, Answer.NO): (Answer.NO, True),
    (Theory.SILENT, Answer.YES): (Answer.UNDECIDED, False),
    (Theory.SILENT, Answer.UNDECIDED): (Answer.UNDECIDED, False),
    (Theory.SILENT, Answer.NO): (Answer.NO, True),
}
"""By what theory says and whether the data satisfy the inequality: the outcome, and whether data confirm it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one inequality. ``confirmed``: the measurement, if there is one, supports it."""

    part: Inequality
    answer: Answer
    reason: str
    measured: bool = False
    confirmed: bool = False

    @property
    def quantity(self) -> str:
        return self.part.quantity


def decided(part: Inequality, order: Order | None, measured: Measured | None) -> Finding:
    """The outcome of ``part`` for a quantity of the predicted ``order`` (None: no prediction), and why."""
    plain = said(part.quantity, order) if order is not None else f"no prediction for {part.quantity}"
    if measured is None:
        return Finding(part, by_theory(part, order), plain)
    against = contradicts(order, measured)
    stands = order if against is None else _left(order, measured)
    theory = _theory(part, stands, contradicted=against is not None)
    data = by_data(part, order, measured)
    heard = Answer.UNDECIDED if theory is Theory.OPEN and _weak(data) else data.answer
    answer, confirmed = RULE[theory, heard]
    reason = plain
    if against is not None and theory is not Theory.HOLDS:
        refuted = "is refuted" in against
        reason = f"the prediction for {part.quantity} {against}" if refuted else f"{plain}, but {against}"
    elif (theory is Theory.SILENT and answer is Answer.NO) or theory in (Theory.HOLDS, Theory.OPEN):
        reason = _heard(plain, theory, heard, measured)
    return Finding(part, answer, reason, measured=True, confirmed=confirmed)


def _left(order: Order | None, measured: Measured) -> Order | None:
    """What is left of a prediction that is contradicted: nothing, or a bound where less than predicted is measured."""
    assert order is not None
    smaller = contradicts(Order(order.exponent, exact=False), measured) is None
    return Order(order.exponent, exact=False) if smaller else None


def _theory(part: Inequality, order: Order | None, *, contradicted: bool) -> Theory:
    found = by_theory(part, order)
    if found is Answer.UNDECIDED:
        unbounded = order is None or show(order.exponent) == "inf"
        return Theory.SILENT if unbounded or contradicted else Theory.OPEN
    return Theory.HOLDS if found is Answer.YES else Theory.FAILS


def _weak(data: Data) -> bool:
    return data.answer is not Answer.NO and not data.decides


def _heard(plain: str, theory: Theory, heard: Answer, measured: Measured) -> str:
    """The reason of an outcome to which the measurement adds."""
    late = measured.fit.late
    slope = "" if late is None else f" n^{late.overall.value:z.2f}"
    if heard is Answer.NO:
        return f"{plain}, but the measurement gives{slope or ' more'}"
    if heard is Answer.YES and theory is Theory.OPEN:
        return f"{plain}, and the measurement gives{slope}"
    return plain
