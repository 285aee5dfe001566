"""Real powers of positive arguments: sqrt, reciprocal, 1/sqrt. Normalisation layers are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import copysign, inf, prod
from typing import Any, ClassVar

from tp.activations.base import Activation, Smoothness, rational
from tp.gaussian.terms import Term, Terms
from tp.namespace import namespace


@dataclass(frozen=True)
class Power(Activation):
    """x^p. ``exponent`` is a rational written as in the name ``power(-1/2)``."""

    keyword: ClassVar[str] = "power"
    smoothness: ClassVar[Smoothness] = Smoothness.SINGULAR_AT_ZERO
    radius: ClassVar[float] = 0.0
    summary: ClassVar[str] = "real power of a positive argument"
    formula: ClassVar[str] = "x^p"

    exponent: str = "1/2"

    def __post_init__(self) -> None:
        object.__setattr__(self, "exponent", str(rational(self.exponent)))  # one spelling for equal values

    @property
    def power(self) -> Fraction:
        return Fraction(self.exponent)

    def vanishing(self) -> Fraction | None:
        return self.power

    def touches(self, k: int) -> Fraction | None:
        return None if self.vanishes(k) else max(self.power - k, Fraction(0))

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        if self.vanishes(k):
            return xp.zeros_like(x)
        q = self.power - k
        return float(self._factor(k)) * x ** (int(q) if q.denominator == 1 else float(q))

    def vanishes(self, k: int) -> bool:
        return self._factor(k) == 0

    def taylor(self, k: int) -> float:
        """The limit from the right; infinite where the derivative blows up."""
        q = self.power - k
        if self.vanishes(k) or q > 0:
            return 0.0
        return float(self._factor(k)) if q == 0 else copysign(inf, self._factor(k))

    def _factor(self, k: int) -> Fraction:
        """p (p-1) ... (p-k+1), the coefficient of the k-th derivative."""
        return prod((self.power - i for i in range(k)), start=Fraction(1))

    def degree(self) -> Fraction | None:
        return self.power

    def terms(self, k: int) -> Terms | None:
        q = self.power - k
        if self.vanishes(k):
            return ()
        return (Term(float(self._factor(k)), int(q)),) if q >= 0 and q.denominator == 1 else None

    def breaks(self) -> tuple[float, ...]:
        return () if self.power >= 0 and self.power.denominator == 1 else (0.0,)

    def growth(self, k: int) -> Fraction | None:
        return Fraction(0) if self.vanishes(k) else self.power - k
