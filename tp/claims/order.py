"""``claim F : Theta(n^p)``, ``: O(n^p)`` and ``: zero``: the order of a quantity, an output or a named node."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tp.claims.inequality import Inequality
from tp.claims.kind import Argument, ClaimKind

if TYPE_CHECKING:
    from tp.program import Claim


class OrderClaim(ClaimKind):
    """``claim subject : relation(power)``. A subject that is the only output stands for F."""

    word = "order"
    argument = Argument.POWER

    def inequalities(self, claim: Claim, output: str | None) -> list[Inequality]:
        subject = "F" if claim.subject in (None, output) else claim.subject
        return [Inequality(subject, claim.relation or "Theta", claim.exponent or Fraction(0))]


KIND = OrderClaim()
