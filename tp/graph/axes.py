"""Axes of tensors: finite ones of fixed size, wide ones whose size grows with n."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Width:
    """A size factor * n^exponent, rounded to a whole number of at least 1."""

    name: str
    exponent: Fraction = Fraction(1)
    factor: Fraction = Fraction(1)

    def at(self, n: int) -> int:
        """The size of this width when the limiting parameter is ``n``."""
        return max(1, round(float(self.factor) * float(n) ** float(self.exponent)))


@dataclass(frozen=True, slots=True)
class Axis:
    """A named axis. ``size`` is an int for a finite axis and a :class:`Width` for a wide one."""

    name: str
    size: int | Width

    @property
    def wide(self) -> bool:
        return isinstance(self.size, Width)

    @property
    def exponent(self) -> Fraction:
        """The exponent of n in the size: 0 for a finite axis."""
        return self.size.exponent if isinstance(self.size, Width) else Fraction(0)

    def at(self, n: int) -> int:
        return self.size.at(n) if isinstance(self.size, Width) else self.size

    def __str__(self) -> str:
        return self.name if self.wide else f"{self.name}={self.size}"


Type = tuple[Axis, ...]
"""The type of a value: its axes, each name once, in storage order. Broadcasting goes by name."""


def names(axes: Iterable[Axis]) -> tuple[str, ...]:
    """The names of ``axes``, in order."""
    return tuple(a.name for a in axes)


def without(axes: Type, dropped: Iterable[str]) -> Type:
    """``axes`` except those named in ``dropped``, in order."""
    gone = set(dropped)
    return tuple(a for a in axes if a.name not in gone)


def union(*types: Type) -> Type:
    """All axes of all ``types``, in order of first appearance (the broadcast type).

    Raises ValueError where two axes of one name differ in size.
    """
    seen: dict[str, Axis] = {}
    for axes in types:
        for axis in axes:
            known = seen.setdefault(axis.name, axis)
            if known is not axis and known != axis:
                raise ValueError(f"the axis {axis.name} has different sizes: {known} and {axis}")
    return tuple(seen.values())


def wide(axes: Iterable[Axis]) -> Type:
    """The wide ones of ``axes``, in order."""
    return tuple(a for a in axes if a.wide)


def show(axes: Type) -> str:
    return "[" + ", ".join(map(str, axes)) + "]"


@dataclass(frozen=True, slots=True)
class Scale:
    """A real number c * Π width^power: a coefficient, a scale or a learning rate. It may depend on n."""

    coefficient: float = 1.0
    powers: tuple[tuple[Width, Fraction], ...] = ()

    @staticmethod
    def of(width: Width, power: Fraction = Fraction(1)) -> Scale:
        return Scale(1.0, ((width, power),))

    @property
    def exponent(self) -> Fraction:
        """The power of n."""
        return sum((w.exponent * p for w, p in self.powers), _ZERO) if self.powers else _ZERO

    def __mul__(self, other: Scale) -> Scale:
        powers: dict[Width, Fraction] = dict(self.powers)
        for width, power in other.powers:
            powers[width] = powers.get(width, Fraction(0)) + power
        kept = sorted(((w, p) for w, p in powers.items() if p), key=lambda item: item[0].name)
        return Scale(self.coefficient * other.coefficient, tuple(kept))

    def __pow__(self, power: Fraction) -> Scale:
        """Raises ZeroDivisionError or ValueError where the coefficient has no such real power."""
        if self.coefficient < 0 and power.denominator != 1:
            raise ValueError("a negative number has no real power with a fractional exponent")
        coefficient = self.coefficient ** (int(power) if power.denominator == 1 else float(power))
        return Scale(coefficient, tuple((w, p * power) for w, p in self.powers if p * power))

    def __neg__(self) -> Scale:
        return Scale(-self.coefficient, self.powers)

    def at(self, n: int) -> float:
        value = self.coefficient
        for width, power in self.powers:
            value *= float(width.at(n)) ** float(power)
        return value

    def __str__(self) -> str:
        powers = [f"{w.name}^({p})" for w, p in self.powers]
        return "*".join([repr(self.coefficient), *powers])


ONE = Scale()


def entries(axes: Iterable[Axis]) -> Scale:
    """How many entries there are along all ``axes`` together."""
    found = ONE
    for axis in axes:
        found = found * (Scale.of(axis.size) if isinstance(axis.size, Width) else Scale(float(axis.size)))
    return found


SAMPLES = "@sample"
"""The name of the axis that derived programs add for the samples of a batch, or for distinct directions."""
LEFT, RIGHT = "@left", "@right"
"""The names of the axes of the two batches of inputs between which kernels are."""
DRAWS = "@draw"
"""The name of the axis of draws of the weights that are made side by side."""


def sizes(axes: Iterable[Axis], n: int) -> Mapping[str, int]:
    """The number of entries along every axis at width ``n``, by name."""
    return {a.name: a.at(n) for a in axes}


def growing(axes: Iterable[Axis]) -> tuple[tuple[str, Fraction], ...]:
    """(name, exponent of n in the size) of every wide axis, as the order calculus takes them."""
    return tuple([(a.name, a.size.exponent) for a in axes if isinstance(a.size, Width)])
