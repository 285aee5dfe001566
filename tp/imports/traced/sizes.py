"""Sizes and numbers that were seen at several widths, as c n^w."""

from __future__ import annotations

from collections.abc import Sequence
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

    @staticmethod
    def of(count: Size | int) -> Size:
        """A whole number as a finite size; a size as it is."""
        return count if isinstance(count, Size) else Size(Fraction(int(count)))

    def divides(self, other: Size, widths: Sequence[int]) -> bool:
        """Whether ``other`` is a whole multiple of it, as a power of n and at all ``widths``."""
        rest = other / self
        whole = rest.exponent > 0 or (not rest.exponent and rest.factor.denominator == 1)
        return whole and all(other.at(n) % self.at(n) == 0 for n in widths)

    def at(self, n: int) -> int:
        """The size at width ``n``, as ``tp.graph.axes.Width`` rounds it."""
        return max(1, round(float(self.factor) * float(n) ** float(self.exponent)))


ONE = Size(Fraction(1))


@dataclass(frozen=True, slots=True)
class Number:
    """A real number ``coefficient`` * n^``exponent``."""

    coefficient: float
    exponent: Fraction = ZERO

    def __mul__(self, other: Number) -> Number:
        return Number(self.coefficient * other.coefficient, self.exponent + other.exponent)

    def at(self, n: int) -> float:
        return self.coefficient * float(n) ** float(self.exponent)
