"""An ε that is added to the size of a gradient: where it is lost, and where it takes over."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import log10

from tp.exponent import power_of_n
from tp.graph.axes import Scale

FARTHEST = 9
"""Nothing is said of what only happens at widths with more digits."""


@dataclass(frozen=True, slots=True)
class Eps:
    """``size`` is what counts in orders, None for 0; ``number`` is a small one that counts as 0 but is not 0."""

    size: Scale | None = None
    number: float = 0.0

    @property
    def exponent(self) -> Fraction | None:
        """The exponent of n; None for 0."""
        return None if self.size is None else self.size.exponent

    def exceeds(self, size: Fraction) -> bool:
        """Whether it is larger than a gradient with the exponent ``size``."""
        return self.exponent is not None and self.exponent > size

    def equals(self, size: Fraction) -> bool:
        return self.exponent == size

    def remark(self, weight: str, size: Fraction, what: str) -> str | None:
        """What it does to a gradient of ``weight``; ``what`` names its measure, with the exponent ``size``."""
        found = f"{what} of {weight}, of order {power_of_n(size)}"
        if self.exponent is None:
            digits = log10(self.number) / float(size) if self.number and size < 0 else FARTHEST
            if digits >= FARTHEST:
                return None
            return f"eps = {self.number:g} counts as 0, and exceeds {found}, from n = {10**digits:.1g} or so on"
        if self.exceeds(size):
            return f"eps, of order {power_of_n(self.exponent)}, exceeds {found}: updates are gradients over eps"
        if self.equals(size):
            return f"eps is of the size of {found}"
        return f"eps, of order {power_of_n(self.exponent)}, is lost beside {found}"


ZERO = Eps()
