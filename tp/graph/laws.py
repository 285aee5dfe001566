"""The initial laws that weights may have: centred, with variance 1 (the constant law: 0)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi
from typing import Any, Protocol, runtime_checkable

from tp.namespace import namespace

Shape = tuple[int, ...]
Arguments = tuple[float, ...]


@runtime_checkable
class Source(Protocol):
    """A source of random numbers in single precision, of NumPy or of JAX; :meth:`split` gives independent ones."""

    def split(self) -> tuple[Source, Source]: ...
    def normal(self, shape: Shape) -> Any:
        """Standard normal numbers."""
        ...

    def normal_within(self, shape: Shape, cut: float) -> Any:
        """Standard normal numbers conditioned on [-cut, cut]."""
        ...

    def uniform(self, shape: Shape) -> Any:
        """Uniform numbers in (0, 1]."""
        ...

    def fine(self, shape: Shape) -> Any:
        """The same with 32 random bits each: small numbers have a fine grid."""
        ...

    def sign(self, shape: Shape) -> Any:
        """1 or -1, with probability 1/2 each."""
        ...

    def zeros(self, shape: Shape) -> Any: ...


@dataclass(frozen=True, slots=True)
class Family:
    """Facts about one law, and how to draw it.

    ``arguments`` are the default extra arguments. ``draw(source, shape, arguments)`` returns an array.
    ``moments(arguments)`` is the p such that moments of order below p are finite; infinity where all are.
    ``dense``: it has a bounded density. ``scratch`` is how many bytes an entry takes while it is drawn, in either
    precision: random bits and the numbers made of them.
    """

    name: str
    symmetric: bool
    summary: str
    draw: Callable[[Source, Shape, Arguments], Any]
    arguments: tuple[float, ...] = ()
    moments: Callable[[tuple[float, ...]], float] = lambda _: float("inf")
    dense: bool = True
    scratch: int = 24


def _normal(source: Source, shape: Shape, _: Arguments) -> Any:
    return source.normal(shape)


def _uniform(source: Source, shape: Shape, _: Arguments) -> Any:
    return 3.0**0.5 * (2.0 * source.uniform(shape) - 1.0)


def _rademacher(source: Source, shape: Shape, _: Arguments) -> Any:
    return source.sign(shape)


def _laplace(source: Source, shape: Shape, _: Arguments) -> Any:
    size, side = source.split()
    return namespace(found := size.uniform(shape)).log(found) * side.sign(shape) / 2.0**0.5


def _student_t(source: Source, shape: Shape, arguments: Arguments) -> Any:
    """Bailey's polar method: R cos(2πV) with R² = df (U^(-2/df) - 1) has Student's law exactly, for uniform U and V.

    Bailey, Polar generation of random variates with the t-distribution (1994). U keeps all 32 random bits, so the tail
    reaches to events of probability 2^-32. A ratio of normal and gamma numbers needs a loop for each number.
    """
    (df,) = arguments
    radius, angle = source.split()
    uniform = radius.fine(shape)
    xp = namespace(uniform)
    squared = (df - 2.0) * xp.expm1(xp.log(uniform) * (-2.0 / df))
    return xp.sqrt(squared) * xp.cos(2.0 * pi * angle.uniform(shape))


def _exponential(source: Source, shape: Shape, _: Arguments) -> Any:
    return -namespace(found := source.uniform(shape)).log(found) - 1.0


def _truncated_normal(source: Source, shape: Shape, arguments: Arguments) -> Any:
    (cut,) = arguments
    return source.normal_within(shape, cut) / _truncated_deviation(cut)


def _truncated_deviation(cut: float) -> float:
    """Standard deviation of a standard normal variable conditioned on [-cut, cut]."""
    from math import erf, exp, pi, sqrt

    inside = erf(cut / sqrt(2.0))
    return sqrt(1.0 - 2.0 * cut * exp(-cut * cut / 2.0) / sqrt(2.0 * pi) / inside)


def _constant(source: Source, shape: Shape, _: Arguments) -> Any:
    return source.zeros(shape)


LAWS: dict[str, Family] = {
    family.name: family
    for family in (
        Family("normal", True, "normal(mean, deviation)", _normal),
        Family("uniform", True, "uniform(mean, deviation): uniform, symmetric about the mean", _uniform),
        Family(
            "rademacher",
            True,
            "rademacher(mean, deviation): two values, each with probability 1/2",
            _rademacher,
            dense=False,
        ),
        Family("laplace", True, "laplace(mean, deviation)", _laplace),
        Family(
            "student_t",
            True,
            "student_t(mean, deviation, df): df > 2, scaled to the deviation",
            _student_t,
            arguments=(5.0,),
            moments=lambda a: a[0],
            scratch=32,
        ),
        Family("exponential", False, "exponential(mean, deviation): centred, skewed to the right", _exponential),
        Family(
            "truncated_normal",
            True,
            "truncated_normal(mean, deviation, cut): cut at +-cut before scaling to the deviation",
            _truncated_normal,
            arguments=(2.0,),
        ),
        Family(
            "constant", True, "constant(value): every entry the same, still trained", _constant, dense=False, scratch=8
        ),
    )
}
