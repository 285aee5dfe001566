"""Simple numbers that a measured one may be: 0.02, sqrt(2), 1/sqrt(27)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import prod, sqrt

MOST, FEW = 32, 4
"""The largest numerator and denominator of a squared number, beside sizes of the weight; of one that is measured."""


@dataclass(frozen=True, slots=True)
class Simple:
    """A number, and its square where that is a fraction."""

    value: float
    square: Fraction | None


def simple(
    value: float,
    error: float,
    sizes: Sequence[int] = (),
    units: Iterable[Fraction | float] = (Fraction(1),),
    most: int = MOST,
) -> Simple | None:
    """The simplest number within the relative ``error`` of ``value``; None where there is none.

    Candidates are decimals with up to three digits, and roots of fractions with numerators and denominators up to
    ``most`` and products of ``sizes`` in either. They are multiplied with the root of one of ``units``.
    """
    for unit in units:
        measured = abs(value) / sqrt(unit)
        for square in _squares(measured, error, sizes, most):
            if abs(sqrt(square) - measured) <= error * measured:
                found = sqrt(square * unit) if isinstance(unit, Fraction) else sqrt(square) * sqrt(unit)
                exact = square * unit if isinstance(unit, Fraction) else None
                return Simple(found if value > 0 else -found, exact)
    return None


def _squares(measured: float, error: float, sizes: Sequence[int], most: int) -> Iterator[Fraction]:
    if not measured > 0.0:
        return
    for digits in (1, 2, 3):
        if 1e-12 < measured < 1e12 and error < 10.0**-digits / 20.0:
            yield Fraction(f"{measured:.{digits - 1}e}") ** 2
    found = {prod(chosen) for count in range(len(sizes) + 1) for chosen in combinations(sizes, count)}
    for product in sorted(found):
        for factor in (Fraction(1, product), Fraction(product)):
            ratio = Fraction(measured**2 / float(factor))
            small = ratio.limit_denominator(most) if ratio >= 1 else 1 / (1 / ratio).limit_denominator(most)
            if small.numerator <= most**2 and small.denominator <= most**2:
                yield small * factor
