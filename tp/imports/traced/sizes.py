"""Sizes and numbers that were seen at several widths, as c n^w."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Size:
    """A number of entries, ``factor`` * n^``exponent``. Exponent 0: a finite size."""

    factor: Fraction
    exponent: Fraction = ZERO

    @property
    def wide(self) -> bool:
        """Whether it grows with n."""
        return self.exponent != 0

    @property
    def finite(self) -> int:
        """The size of a finite axis."""
        assert not self.wide
        return int(self.factor)

    def __mul__(self, other: Size) -> Size:
        return Size(self.factor * other.factor, self.exponent + other.exponent)

    def __truediv__(self, other: Size) -> Size:
        return Size(self.factor / other.factor, self.exponent - other.exponent)

    def at(self, n: int) -> int:
        """The size at width ``n``, as ``tp.graph.axes.Width`` rounds it."""
        return max(1, round(float(self.factor) * float(n) ** float(self.exponent)))


@dataclass(frozen=True, slots=True)
class Number:
    """A real number ``coefficient`` * n^``exponent``."""

    coefficient: float
    exponent: Fraction = ZERO

    def __mul__(self, other: Number) -> Number:
        return Number(self.coefficient * other.coefficient, self.exponent + other.exponent)

    def at(self, n: int) -> float:
        return self.coefficient * float(n) ** float(self.exponent)
