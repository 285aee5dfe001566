"""Whole powers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import perm
from typing import Any, ClassVar

from tp.activations.base import Activation, Bound, Parity, rational
from tp.gaussian.terms import Term, Terms
from tp.namespace import namespace


@dataclass(frozen=True)
class Monomial(Activation):
    """x^p for a whole p of at least 1; ``identity`` and ``square`` are the first two under their own names."""

    keyword: ClassVar[str] = "monomial"
    summary: ClassVar[str] = "x^p for a whole p >= 1; exactly zero beyond p derivatives"
    formula: ClassVar[str] = "x^p"

    exponent: str = "2"

    def __post_init__(self) -> None:
        exponent = rational(self.exponent)
        if exponent.denominator != 1 or exponent < 1:
            raise ValueError("monomial needs a whole exponent of at least 1")
        object.__setattr__(self, "exponent", str(exponent))  # one spelling for equal values

    @property
    def power(self) -> int:
        return int(self.exponent)

    def symmetry(self, k: int) -> str:
        return (Parity.ODD if (self.power - k) % 2 else Parity.EVEN).value

    def vanishing(self) -> Fraction | None:
        return Fraction(self.power)

    def touches(self, k: int) -> Fraction | None:
        return None if self.vanishes(k) else Fraction(max(int(self.power) - k, 0))

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        if self.vanishes(k):
            return xp.zeros_like(x)
        return perm(self.power, k) * x ** (self.power - k)

    def vanishes(self, k: int) -> bool:
        return k > self.power

    def taylor(self, k: int) -> float:
        return float(perm(self.power, k)) if k == self.power else 0.0

    def degree(self) -> Fraction | None:
        return Fraction(self.power)

    def growth(self, k: int) -> Fraction | None:
        return Fraction(max(self.power - k, 0))

    def terms(self, k: int) -> Terms | None:
        return () if self.vanishes(k) else (Term(float(perm(self.power, k)), self.power - k),)

    def bound(self) -> Bound | None:
        return Bound(0.0, factorials=Fraction(0), first=self.power + 1)
