"""Exponents in the rules of typical orders: whole numbers of grains n^{1/GRAIN}.

A sweep adds and compares exponents hundreds of thousands of times, and a ``Fraction`` takes twenty times as long as an
``int`` for it. Other exponents are a ``Fraction`` of grains, so results are exact.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

GRAIN = 2**6 * 3**2 * 5 * 7
"""Grains in one power of n: repeated halves, thirds, fifths and sevenths of it are whole numbers."""

Grains: TypeAlias = int | Fraction


def grains(exponent: Fraction) -> Grains:
    """An exponent of n in grains."""
    return scaled(GRAIN, exponent)


@lru_cache(maxsize=1 << 12)
def exponent(size: Grains) -> Fraction:
    """The exponent of n that ``size`` grains are."""
    return Fraction(size, GRAIN)


def scaled(size: Grains, factor: Fraction) -> Grains:
    """``size`` times a rational number."""
    product = size * factor.numerator
    if isinstance(product, int):
        whole, rest = divmod(product, factor.denominator)
        return Fraction(product, factor.denominator) if rest else whole
    return product / factor.denominator


def half(size: Grains) -> Grains:
    """Half of ``size``."""
    if isinstance(size, int) and not size & 1:
        return size >> 1
    return Fraction(size) / 2
