"""Whole powers with another factor on either side of 0: squared relus, products of relus with their argument."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import perm
from typing import Any, ClassVar

from tp.activations.base import Activation, Smoothness, rational
from tp.gaussian.terms import STEP, Term, Terms, collected, product_of, times
from tp.namespace import namespace


@dataclass(frozen=True)
class PiecewisePower(Activation):
    """``right`` x^p for x > 0 and ``left`` x^p for x < 0. The p-th derivative jumps at 0, lower ones are continuous.

    The p-th derivative at 0 is taken to be the one from the left, as for relu.
    """

    keyword: ClassVar[str] = "piecewise_power"
    smoothness: ClassVar[Smoothness] = Smoothness.PIECEWISE_POLYNOMIAL
    radius: ClassVar[float] = 0.0
    summary: ClassVar[str] = "a x^p for x > 0, b x^p for x < 0, for a whole p >= 1"
    formula: ClassVar[str] = r"a\,x^p \text{ for } x > 0, \quad b\,x^p \text{ for } x < 0"

    exponent: str = "2"
    right: str = "1"
    left: str = "0"

    def __post_init__(self) -> None:
        exponent, right, left = (rational(text) for text in (self.exponent, self.right, self.left))
        if exponent.denominator != 1 or exponent < 1:
            raise ValueError("piecewise_power needs a whole exponent of at least 1")
        if right == left:
            raise ValueError(f"piecewise_power with equal factors is a multiple of monomial({exponent})")
        for name, value in (("exponent", exponent), ("right", right), ("left", left)):
            object.__setattr__(self, name, str(value))  # one spelling for equal values

    @property
    def power(self) -> int:
        return int(self.exponent)

    def jump(self) -> int | None:
        return self.power

    def masks(self, k: int) -> bool:
        return k <= self.power and 0 in (Fraction(self.right), Fraction(self.left))

    def symmetry(self, k: int) -> str:
        if Fraction(self.right) != -Fraction(self.left):
            return "none"
        return "even" if (self.power - k) % 2 else "odd"

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        if self.vanishes(k):
            return xp.zeros_like(x)
        power = perm(self.power, k) * x ** (self.power - k)
        return xp.where(x > 0, float(Fraction(self.right)) * power, float(Fraction(self.left)) * power)

    def vanishes(self, k: int) -> bool:
        return k > self.power

    def taylor(self, k: int) -> float:
        return float(perm(self.power, k) * Fraction(self.left)) if k == self.power else 0.0

    def degree(self) -> Fraction | None:
        return Fraction(self.power)

    def terms(self, k: int) -> Terms | None:
        if self.vanishes(k):
            return ()
        right, left = float(Fraction(self.right)), float(Fraction(self.left))
        whole = (Term(float(perm(self.power, k)), self.power - k),)
        return collected((*times(left, whole), *times(right - left, product_of((whole, STEP)))))

    def growth(self, k: int) -> Fraction | None:
        return Fraction(max(self.power - k, 0))
