"""Exact asymptotic scales n^a (log n)^b."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import exp, log


@dataclass(frozen=True, order=True, slots=True)
class Scale:
    """The order of n^power (log n)^log; a positive coefficient is ignored.

    Exponents are rational and dimensionless. Scales are compared exactly, and any two of them are comparable:
    ``f <= g`` is f = O(g), ``f < g`` is f = o(g) and ``f == g`` is f ~ g (paper, remark 2.2). ``f & g`` is the
    minimum (the wedge of the paper), ``f | g`` the maximum, which is also the order of f + g.

    Raises ValueError for exponents that are neither integers nor fractions.
    """

    power: Fraction = Fraction(0)
    log: Fraction = Fraction(0)

    def __init__(self, power: int | Fraction = 0, log: int | Fraction = 0) -> None:
        for value in (power, log):
            if isinstance(value, bool) or not isinstance(value, int | Fraction):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise ValueError(f"exponents are integers or fractions, not {value!r}")
        object.__setattr__(self, "power", Fraction(power))
        object.__setattr__(self, "log", Fraction(log))

    def __mul__(self, other: Scale) -> Scale:
        if not isinstance(other, Scale):  # pyright: ignore[reportUnnecessaryIsInstance]
            return NotImplemented
        return Scale(self.power + other.power, self.log + other.log)

    def __truediv__(self, other: Scale) -> Scale:
        if not isinstance(other, Scale):  # pyright: ignore[reportUnnecessaryIsInstance]
            return NotImplemented
        return Scale(self.power - other.power, self.log - other.log)

    def __pow__(self, exponent: int | Fraction) -> Scale:
        return Scale(self.power * exponent, self.log * exponent)

    def __and__(self, other: Scale) -> Scale:
        if not isinstance(other, Scale):  # pyright: ignore[reportUnnecessaryIsInstance]
            return NotImplemented
        return min(self, other)

    def __or__(self, other: Scale) -> Scale:
        if not isinstance(other, Scale):  # pyright: ignore[reportUnnecessaryIsInstance]
            return NotImplemented
        return max(self, other)

    def __call__(self, n: int) -> float:
        """n^power (log n)^log. Raises ValueError below n = 2, and OverflowError beyond floating-point numbers."""
        return exp(self.log_at(n))

    def log_at(self, n: int) -> float:
        """The natural logarithm of the value at n. Raises ValueError below n = 2."""
        if n < 2:
            raise ValueError(f"scales are evaluated from n = 2 on, not at n = {n}")
        return float(self.power) * log(n) + float(self.log) * log(log(n))

    def __str__(self) -> str:
        parts = [_powered("n", self.power), _powered("(log n)", self.log)]
        return " ".join(p for p in parts if p) or "1"


def _powered(base: str, exponent: Fraction) -> str:
    if exponent == 0:
        return ""
    if exponent == 1:
        return base.strip("()")
    return f"{base}^{exponent}" if exponent.denominator == 1 and exponent > 0 else f"{base}^({exponent})"


ONE = Scale()
N = Scale(1)
LOG = Scale(0, 1)
