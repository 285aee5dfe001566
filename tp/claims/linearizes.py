"""``claim linearizes(m)``: F - F_lin = O(1/m) after a fixed number of steps (paper, theorem 3.1)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims.inequality import Inequality
from tp.claims.initial import said
from tp.claims.kind import Argument
from tp.claims.trained import TrainingClaim
from tp.quantities.definitions import DEVIATION

if TYPE_CHECKING:
    from tp.claims.evidence import Evidence, Training
    from tp.program import Claim


class Linearizes(TrainingClaim):
    """It fails for a program that is not properly normalised, to which theorem 3.1 does not apply."""

    word = "linearizes"
    argument = Argument.GROWING

    def judge(self, claim: Claim, training: Training) -> tuple[Answer, str]:
        if training.broken is not None:
            return Answer.NO, f"not properly normalised: {training.broken}"
        order = training.deviation
        if order.exponent is None:
            return Answer.YES, f"{DEVIATION} vanishes identically"
        if order.exponent <= -(claim.exponent or Fraction(0)):
            return Answer.YES, said(DEVIATION, order)
        return (Answer.NO if order.exact else Answer.UNDECIDED), said(DEVIATION, order)

    def supported_by(self, claim: Claim, evidence: Evidence) -> list[Inequality]:
        return [Inequality(DEVIATION, "O", -(claim.exponent or Fraction(0)))]


KIND = Linearizes()
