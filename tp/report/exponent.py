"""Exponents as people read them."""

from __future__ import annotations

from fractions import Fraction

from tp.orders.value import show


def exponent(known: bool, value: Fraction | None, exact: bool = True) -> str:
    """An exponent as text: an exact rational, -inf for identically zero, ? for unknown, <= for a bound."""
    if not known:
        return "?"
    shown = show(value)
    return shown if exact else f"<= {shown}"
