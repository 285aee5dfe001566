"""Exponents of n as exact rationals, and their text."""

from __future__ import annotations

from fractions import Fraction

UNBOUNDED = Fraction(10**6)
"""The exponent that stands for growth faster than every power of n. Every exponent above half of it counts as that."""


def show(exponent: Fraction | None) -> str:
    """An exponent of n as text: an exact rational, ``-inf`` for None (identically zero), ``inf`` if unbounded."""
    if exponent is None:
        return "-inf"
    return "inf" if exponent > UNBOUNDED / 2 else str(exponent)


def largest(*exponents: Fraction | None) -> Fraction | None:
    """The exponent of a sum of quantities with these exponents; None is identically zero."""
    return max((e for e in exponents if e is not None), default=None)


def shown(known: bool, value: Fraction | None, exact: bool = True) -> str:
    """An exponent in a table: as :func:`show`, with ``<=`` in front unless ``exact``; ``?`` unless ``known``."""
    if not known:
        return "?"
    return show(value) if exact else f"<= {show(value)}"
