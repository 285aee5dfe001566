"""Exponents of n as exact rationals, and how they are written for people."""

from __future__ import annotations

from fractions import Fraction

UNBOUNDED = Fraction(10**6)
"""Stands for growth faster than every power of n. It is so large that no product with powers of widths reaches it."""


def show(exponent: Fraction | None) -> str:
    """An exponent of n as text: an exact rational, ``-inf`` for None (identically zero), ``inf`` if unbounded."""
    if exponent is None:
        return "-inf"
    return "inf" if exponent > UNBOUNDED / 2 else str(exponent)


def largest(*exponents: Fraction | None) -> Fraction | None:
    """The exponent of a sum of quantities with these exponents; None is identically zero."""
    return max((e for e in exponents if e is not None), default=None)


def shown(known: bool, value: Fraction | None, exact: bool = True) -> str:
    """An exponent as a table prints it: as :func:`show`, ``?`` where it is unknown, and ``<=`` before a bound."""
    if not known:
        return "?"
    return show(value) if exact else f"<= {show(value)}"
