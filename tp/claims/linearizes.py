"""``claim linearizes(m)``: F - F_lin = O(1/m) after a fixed number of steps (paper, theorem 3.1)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tp.claims.inequality import Inequality
from tp.claims.kind import Argument, ClaimKind
from tp.quantities.definitions import DEVIATION, SEEN

if TYPE_CHECKING:
    from tp.claims.evidence import Evidence
    from tp.program import Claim


class Linearizes(ClaimKind):
    """The order of F - F_lin alone decides it, also where theorem 3.1 does not apply.

    Where runs tell samples that are trained on from others, it is claimed of both.
    """

    word = "linearizes"
    argument = Argument.GROWING
    trains = True

    def inequalities(self, claim: Claim, output: str | None) -> list[Inequality]:
        return [Inequality(name, "O", -(claim.exponent or Fraction(0))) for name in (DEVIATION, SEEN)]

    def examined(self, claim: Claim, evidence: Evidence, output: str | None) -> list[Inequality]:
        known = (DEVIATION, SEEN) if evidence.order(SEEN) is not None else (DEVIATION,)
        return [part for part in self.inequalities(claim, output) if part.quantity in known]


KIND = Linearizes()
