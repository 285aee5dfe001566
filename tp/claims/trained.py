"""Claims about the regime of training, decided by the regime that theory derives and by what it implies for runs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from tp.answer import Answer
from tp.claims.inequality import SMALLER, Inequality
from tp.claims.kind import Argument, ClaimKind

if TYPE_CHECKING:
    from tp.claims.evidence import Training
    from tp.program import Claim


class Row(Enum):
    """What a measured quantity is for training. What counts with one row is all rows of its sort."""

    OUTPUT = "F at initialisation"
    DEVIATION = "F - F_lin"
    DRIFT = "the change of the kernel"
    MOVE = "the move of a feature"


Implied = Mapping[Row, tuple[str, Fraction]]
"""The relation and the exponent that a claim implies for rows of each sort."""
ZERO = Fraction(0)
BOUNDED: Implied = dict.fromkeys(Row, ("O", ZERO))
"""Nothing grows with n."""


class TrainingClaim(ClaimKind):
    """A claim about gradient descent with the learning rates of the program, beyond inequalities."""

    argument = Argument.NONE
    trains = True
    implies: ClassVar[Implied] = BOUNDED
    confirmable: ClassVar[bool] = True
    """Whether runs that show what the claim implies confirm it: not where it speaks of every weight or feature."""

    @abstractmethod
    def judge(self, claim: Claim, training: Training) -> tuple[Answer, str]:
        """Whether the claim, without its negation, holds by theory, and why."""

    def implied(self, rows: Mapping[str, Row]) -> list[Inequality]:
        """What the claim implies for measured quantities; ``rows`` says of what sort they are."""
        return [Inequality(name, *self.implies[row]) for name, row in rows.items() if row in self.implies]


class RegimeClaim(TrainingClaim):
    """A claim that the regime is one of ``regimes``."""

    regimes: ClassVar[Collection[str]]

    def judge(self, claim: Claim, training: Training) -> tuple[Answer, str]:
        if training.regime == "undecided":
            return Answer.UNDECIDED, training.reason
        return Answer.of(training.regime in self.regimes), f"{training.regime}: {training.reason}"


LINEAR: Implied = {**BOUNDED, Row.DEVIATION: (SMALLER, ZERO)}
LEARNING: Implied = {**BOUNDED, Row.DEVIATION: ("Theta", ZERO)}
