"""How theory decides a claim about training: by the regime that the orders of a trained program show."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from tp.answer import Answer
from tp.claims.inequality import Inequality
from tp.claims.kind import Argument, ClaimKind, Decision
from tp.quantities.definitions import DEVIATION

if TYPE_CHECKING:
    from tp.claims.evidence import Evidence, Training
    from tp.program import Claim


class TrainingClaim(ClaimKind):
    """A claim about gradient descent with the learning rates of the program."""

    argument = Argument.NONE

    def decide(self, claim: Claim, evidence: Evidence, output: str | None) -> Decision:
        training = evidence.training
        if training is None:
            return Decision(Answer.UNDECIDED, "needs the orders of training")
        answer, reason = self.judge(claim, training)
        return Decision(~answer if claim.negated else answer, reason)

    @abstractmethod
    def judge(self, claim: Claim, training: Training) -> tuple[Answer, str]:
        """Whether the claim, without its negation, holds, and why."""


class RegimeClaim(TrainingClaim):
    """A claim that the regime is one of ``regimes``."""

    regimes: ClassVar[Collection[str]]
    measured: ClassVar[bool] = True
    """Whether a run that confirms the predicted order of F - F_lin supports the claim."""

    def judge(self, claim: Claim, training: Training) -> tuple[Answer, str]:
        if training.regime == "undecided":
            return Answer.UNDECIDED, training.reason
        return Answer.of(training.regime in self.regimes), f"{training.regime}: {training.reason}"

    def supported_by(self, claim: Claim, evidence: Evidence) -> list[Inequality]:
        order = evidence.order(DEVIATION)
        if not self.measured or order is None:
            return []
        return [Inequality(DEVIATION, "Theta", order.exponent or Fraction(0))]
