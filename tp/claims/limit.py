"""``claim limit of kernel = 0.8587 within 0.001``: the number that a quantity tends to at infinite width."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tp.claims.inequality import Inequality
from tp.claims.kind import Argument, ClaimKind

if TYPE_CHECKING:
    from tp.program import Claim

WORDS = ("limit", "of", "within")
"""The words of the claim."""


class LimitClaim(ClaimKind):
    """The limit of the quantity, at the inputs of the run, is the number of the claim up to its tolerance.

    So the quantity does not grow with n, which is its only inequality.
    """

    word = "limit"
    argument = Argument.NONE

    def inequalities(self, claim: Claim, output: str | None) -> list[Inequality]:
        subject = "F" if claim.subject in (None, output) else claim.subject
        return [Inequality(subject, "O", Fraction(0))]


KIND = LimitClaim()
