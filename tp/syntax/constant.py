"""Static numbers: exact rationals where possible, times powers of widths."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from tp.graph.axes import ONE, Axis, Scale, Width

_MAX_BITS = 256
_MAX_POWER = 1000


@dataclass(frozen=True, slots=True)
class Constant:
    """A coefficient times powers of widths, ``scale``; ``exact`` is the coefficient, None if it is irrational."""

    scale: Scale = ONE
    exact: Fraction | None = Fraction(1)

    @property
    def plain(self) -> bool:
        """Whether no width occurs."""
        return not self.scale.powers

    @property
    def rational(self) -> Fraction | None:
        """The exact value; None where that is irrational or depends on a width."""
        return self.exact if self.plain else None

    @property
    def whole(self) -> int | None:
        value = self.rational
        return int(value) if value is not None and value.denominator == 1 else None

    def __mul__(self, other: Constant) -> Constant:
        exact = None if self.exact is None or other.exact is None else self.exact * other.exact
        return _made(self.scale * other.scale, exact)

    def __neg__(self) -> Constant:
        return Constant(-self.scale, None if self.exact is None else -self.exact)

    def __add__(self, other: Constant) -> Constant:
        """Raises ValueError unless both are multiples of the same power of the widths."""
        if not self.scale.coefficient or not other.scale.coefficient:
            return self if self.scale.coefficient else other
        if dict(self.scale.powers) != dict(other.scale.powers):
            raise ValueError("a sum of different powers of the width is not a power of the width")
        exact = None if self.exact is None or other.exact is None else self.exact + other.exact
        return _made(Scale(self.scale.coefficient + other.scale.coefficient, self.scale.powers), exact)

    def __pow__(self, power: Fraction) -> Constant:
        """Raises ValueError where there is no such real power, or where it is out of range."""
        if abs(power) > _MAX_POWER or power.denominator > _MAX_POWER:
            raise ValueError(f"exponents lie within -{_MAX_POWER}..{_MAX_POWER}, with denominators up to {_MAX_POWER}")
        if not self.scale.coefficient and power < 0:
            raise ValueError("zero has no inverse")
        try:
            scale = self.scale**power
        except OverflowError as problem:
            raise ValueError("this number is out of range") from problem
        return _made(scale, None if self.exact is None else _rational_power(self.exact, power))

    def inverse(self) -> Constant:
        return self ** Fraction(-1)


def number(value: Fraction | int) -> Constant:
    """Raises ValueError beyond the range of floats."""
    return _made(ONE, Fraction(value))


def size_of(axis: Axis) -> Constant:
    """The size of ``axis`` as a number."""
    return Constant(Scale.of(axis.size)) if isinstance(axis.size, Width) else number(axis.size)


def _made(scale: Scale, exact: Fraction | None) -> Constant:
    """A constant whose coefficient is rounded from ``exact`` where that is known; zero has no powers."""
    coefficient = scale.coefficient
    if exact is not None:
        try:
            coefficient = float(exact)
        except OverflowError as problem:
            raise ValueError("this number is out of range") from problem
        if exact and not coefficient:
            raise ValueError("this number is out of range")
        if exact.numerator.bit_length() + exact.denominator.bit_length() > _MAX_BITS:
            exact = None
    if coefficient != coefficient or abs(coefficient) == float("inf"):
        raise ValueError("this number is out of range")
    return Constant(Scale(coefficient, scale.powers if coefficient else ()), exact)


def _rational_power(base: Fraction, power: Fraction) -> Fraction | None:
    """``base**power`` when it is rational and small enough to matter."""
    if power.denominator > 2 or (base < 0 and power.denominator == 2):
        return Fraction(1) if base == 1 else None
    if power.denominator == 2:
        top, bottom = isqrt(base.numerator), isqrt(base.denominator)
        if top * top != base.numerator or bottom * bottom != base.denominator:
            return None
        base = Fraction(top, bottom)
    if (base.numerator.bit_length() + base.denominator.bit_length()) * abs(power.numerator) > 16 * _MAX_BITS:
        return None
    return base**power.numerator


def written(value: Fraction) -> str:
    """A rational as the language writes it: ``3``, ``0.1`` or ``1/3``."""
    if value.denominator == 1:
        return str(value.numerator)
    decimal = repr(float(value))
    return decimal if "e" not in decimal and Fraction(decimal) == value else str(value)
