"""How theory decides a claim about initialisation: inequality by inequality."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims.inequality import Inequality
from tp.claims.kind import ClaimKind, Decision
from tp.exponent import in_words

if TYPE_CHECKING:
    from tp.claims.evidence import Evidence, Order
    from tp.program import Claim


class InitialClaim(ClaimKind):
    """A claim that holds when all of its inequalities do. Its negation holds when one of them fails."""

    @abstractmethod
    def inequalities(self, claim: Claim, output: str | None) -> Sequence[Inequality]: ...

    def decide(self, claim: Claim, evidence: Evidence, output: str | None) -> Decision:
        found = [(part, *decide(part, evidence)) for part in self.inequalities(claim, output)]
        for answer in (Answer.NO, Answer.UNDECIDED):
            deciding = [(part, why) for part, each, why in found if each is answer]
            if deciding:
                parts = tuple(part for part, _ in deciding)
                decision = Decision(answer, "; ".join(why for _, why in deciding), parts)
                break
        else:
            reason = found[0][2] if len(found) == 1 else f"all {len(found)} predictions satisfy it"
            decision = Decision(Answer.YES, reason, tuple(part for part, *_ in found))
        if claim.negated:
            return Decision(~decision.answer, decision.reason, decision.involved)
        return decision


def decide(part: Inequality, evidence: Evidence) -> tuple[Answer, str]:
    """Whether one inequality holds, and why. From an upper bound of the order only ``O`` can follow."""
    order = evidence.order(part.quantity)
    if order is None:
        return Answer.UNDECIDED, f"no prediction for {part.quantity}"
    return _decide(part, order), said(part.quantity, order)


def said(quantity: str, order: Order) -> str:
    """The order of a quantity in words."""
    return f"{quantity} is {in_words(order.exponent, order.exact)}"


def _decide(part: Inequality, order: Order) -> Answer:
    if order.exponent is None:
        return Answer.of(part.relation in ("zero", "O"))
    if part.relation == "O" and order.exponent <= part.exponent:
        return Answer.YES
    if not order.exact:
        return Answer.UNDECIDED
    return Answer.of(part.relation == "Theta" and order.exponent == part.exponent)
