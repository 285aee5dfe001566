"""``claim weakly_correlated(m)``: fixed weak correlations (paper, eq. 16)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tp.claims.inequality import Inequality
from tp.claims.kind import Argument, ClaimKind

if TYPE_CHECKING:
    from tp.program import Claim

EXAMINED = (("C[0,2]", 1), ("C[0,3]", 1), ("C[0,4]", 1), ("C[0,5]", 1), ("C[1,1]", 2), ("C[1,2]", 2), ("C[1,3]", 2))
"""The quantities that are examined one by one; each must be O(m^(-1/divisor))."""


class WeaklyCorrelated(ClaimKind):
    """C[0,d] = O(1/m) for d >= 2, and C[D,d] = O(1/sqrt(m)) for D, d >= 1."""

    word = "weakly_correlated"
    argument = Argument.GROWING
    all_orders = "fixed"

    def inequalities(self, claim: Claim, output: str | None) -> list[Inequality]:
        power = claim.exponent or Fraction(0)
        return [Inequality(name, "O", -power / divisor) for name, divisor in EXAMINED]


KIND = WeaklyCorrelated()
