"""The common base of functions that are linear on either side of 0."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from tp.activations.base import Activation, Parity, Smoothness
from tp.gaussian.terms import HALF_STEP, STEP, Terms, collected, polynomial, product_of, times


@dataclass(frozen=True)
class PiecewiseLinear(Activation):
    """A multiple of |x| plus a linear function. The second derivative is taken to be 0, as it is almost everywhere.

    Without its linear part it is even. The radius is 0: no Taylor series represents both sides of the kink.
    """

    smoothness: ClassVar[Smoothness] = Smoothness.PIECEWISE_LINEAR
    radius: ClassVar[float] = 0.0
    parity: ClassVar[Parity] = Parity.EVEN
    uneven: ClassVar[int] = 2
    order: ClassVar[int] = 1

    def vanishes(self, k: int) -> bool:
        return k >= 2

    def jump(self) -> int | None:
        return 1

    @property
    def sides(self) -> tuple[Fraction, Fraction]:
        """The slopes for positive and for negative x."""
        raise NotImplementedError

    def touches(self, k: int) -> Fraction | None:
        return Fraction(1 - k) if k <= 1 else None

    def masks(self, k: int) -> bool:
        return k <= 1 and 0 in self.sides

    def terms(self, k: int) -> Terms | None:
        if self.vanishes(k):
            return ()
        right, left = (float(side) for side in self.sides)
        # The slope at 0 is that of the left side, or the mean of both where the function is even.
        step = HALF_STEP if right == -left else STEP
        whole = polynomial([0.0] * (1 - k) + [1.0])
        return collected((*times(left, whole), *times(right - left, product_of((whole, step)))))

    def taylor(self, k: int) -> float:
        return 0.0

    def degree(self) -> Fraction | None:
        return Fraction(1)
