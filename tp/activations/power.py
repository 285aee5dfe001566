"""Real powers of positive arguments: sqrt, reciprocal, 1/sqrt. Normalisation layers are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Activation, Smoothness


@dataclass(frozen=True)
class Power(Activation):
    """x^p. ``exponent`` is a rational written as in the name ``power(-1/2)``."""

    keyword: ClassVar[str] = "power"
    smoothness: ClassVar[Smoothness] = Smoothness.SINGULAR_AT_ZERO
    radius: ClassVar[float] = 0.0
    summary: ClassVar[str] = "real power of a positive argument"

    exponent: str = "1/2"

    def __post_init__(self) -> None:
        Fraction(self.exponent)

    @property
    def name(self) -> str:
        return f"power({Fraction(self.exponent)})"

    def lower(self, k: int, x: Any) -> Any:
        p = Fraction(self.exponent)
        factor = Fraction(1)
        for i in range(k):
            factor *= p - i
        q = p - k
        power = x ** int(q) if q.denominator == 1 else x ** float(q)
        return float(factor) * power

    def degree(self) -> Fraction | None:
        return Fraction(self.exponent)

    def growth(self, k: int) -> Fraction | None:
        return Fraction(self.exponent) - k
