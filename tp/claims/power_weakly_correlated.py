"""``claim power_weakly_correlated(m)``: power weak correlations (paper, eq. 18)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tp.claims.inequality import Inequality
from tp.claims.kind import Argument, ClaimKind

if TYPE_CHECKING:
    from tp.program import Claim

EXAMINED = (
    ("C[0,2]", 2), ("C[0,3]", 3), ("C[0,4]", 4), ("C[0,5]", 5), ("C[1,1]", 1), ("C[1,2]", 2), ("C[1,3]", 3),
)  # fmt: skip
"""The quantities that are examined one by one; each must be O(m^(-d/2)), here with its d."""


class PowerWeaklyCorrelated(ClaimKind):
    """C[D,d] = O(m^(-d/2)) for all (D, d) other than (0, 1)."""

    word = "power_weakly_correlated"
    argument = Argument.GROWING
    all_orders = "power"

    def inequalities(self, claim: Claim, output: str | None) -> list[Inequality]:
        power = claim.exponent or Fraction(0)
        return [Inequality(name, "O", -power * d / 2) for name, d in EXAMINED]


KIND = PowerWeaklyCorrelated()
