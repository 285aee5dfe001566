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


def in_words(exponent: Fraction | None, exact: bool = True) -> str:
    """The order of a quantity in words: ``of order n^(-1)``, ``at most of order n^(-1)``, ``identically zero``."""
    if exponent is None:
        return "identically zero"
    if exponent > UNBOUNDED / 2:
        return "not bounded by any known power of n"
    return f"{'' if exact else 'at most '}of order n^({exponent})"


def power_of_n(exponent: Fraction | None) -> str:
    """A size as a power of n: ``n^(-1/2)``, ``0`` for None (identically zero)."""
    if exponent is None:
        return "0"
    return "a size without a known bound" if exponent > UNBOUNDED / 2 else f"n^({exponent})"


def shown(known: bool, value: Fraction | None, exact: bool = True) -> str:
    """An exponent in a table: as :func:`show`, with ``<=`` in front unless ``exact``; ``?`` unless ``known``.

    ``inf`` says that no power of n is known to bound the quantity, so it has no mark of its own.
    """
    if not known:
        return "?"
    text = show(value)
    return text if exact or text == "inf" else f"<= {text}"
