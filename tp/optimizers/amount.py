"""Amounts: settings that are a number times powers of widths, such as 1e-8, 1/n or 0.1*n^(-1/2)."""

from __future__ import annotations

import re
from fractions import Fraction
from math import inf, isfinite

from tp.diagnostics.diagnostic import error
from tp.graph.axes import ONE, Scale, Width
from tp.graph.spelling import write_scale
from tp.written import rational

Amount = float | Scale
"""A number, or a :class:`Scale` where it depends on a width. An optimiser at a width has numbers alone."""

SAFEGUARD = 1e-5
"""The largest number that counts as a safeguard, see :func:`safeguard`."""

MOST = 1000
"""The largest power of n, and its largest denominator, as in programs."""

LIMIT = Width("n")
"""The limiting parameter itself."""

_RATIONAL = r"[+-]?\d+(?:\.\d+)?(?:/\d+)?"
_FACTOR = re.compile(
    rf"(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|n(?:\^(?:(?P<bare>[+-]?\d+)|\((?P<power>{_RATIONAL})\)))?"
)
_FORM = "it must be a number, or a number times a power of n, such as 1e-8, 1/n or 0.1*n^(-1/2)"


def as_scale(amount: Amount) -> Scale:
    """``amount`` as a coefficient times powers of widths; its exponent of n is ``as_scale(amount).exponent``."""
    return amount if isinstance(amount, Scale) else Scale(amount)


def as_number(amount: Amount) -> float:
    """``amount`` as a number. Raises ValueError where it depends on a width: then it needs ``at(n)`` before."""
    if isinstance(amount, Scale):
        raise ValueError(f"{amount} depends on a width")
    return amount


def small(amount: Amount) -> float:
    """The number that counts as 0 as a :func:`safeguard`, else 0."""
    return amount if isinstance(amount, float) and safeguard(amount) is None else 0.0


def safeguard(amount: Amount) -> Scale | None:
    """An ``eps`` as the order calculus takes it: None for a number that only keeps a quotient from 0 / 0.

    A number up to :data:`SAFEGUARD` counts as one, at all widths that can be reached.
    """
    return None if as_scale(amount).coefficient <= (0 if isinstance(amount, Scale) else SAFEGUARD) else as_scale(amount)


def amount_at(amount: Amount, n: int) -> float:
    """The number that ``amount`` is at width ``n``. Raises TpError TP513 where it is beyond the range of floats."""
    if not isinstance(amount, Scale):
        return amount
    try:
        found = amount.at(n)
    except OverflowError:
        found = inf
    if not isfinite(found):
        hint = "choose a smaller power of n"
        raise error("TP513", f"{write_scale(amount)} is too large for a number at n = {n}", hint=hint)
    return found


def amount_of(scale: Scale) -> Amount:
    """``scale`` as an amount: the number that it is where no width occurs."""
    return scale if scale.powers and scale.coefficient else scale.coefficient


def read_amount(text: str) -> Amount:
    """The amount in a text such as ``1e-8``, ``1/n`` or ``0.1*n^(-1/2)``. Raises ValueError."""
    text = re.sub(r"\s+", "", text)
    found, place, sign = ONE, 0, "*"
    while True:
        factor = _FACTOR.match(text, place)
        if not factor:
            raise ValueError(_FORM)
        place = factor.end()
        if factor["bare"] and re.match(r"/\d", text[place:]):
            raise ValueError(f"a power that is no whole number stands in brackets, such as n^({factor['bare']}/2)")
        try:
            if factor["number"] is not None:
                value = Scale(float(factor["number"]))
            else:
                value = Scale.of(LIMIT, rational(factor["bare"] or factor["power"] or "1"))
            found = found * (value if sign == "*" else value ** Fraction(-1))
        except ZeroDivisionError:
            raise ValueError("this divides by zero, which is no number") from None
        except OverflowError:
            raise ValueError("this number is out of range") from None
        if abs(found.exponent) > MOST or found.exponent.denominator > MOST:
            raise ValueError(f"powers of n lie within -{MOST}..{MOST}, with denominators up to {MOST}")
        if place == len(text):
            break
        sign, place = text[place], place + 1
        if sign not in "*/":
            raise ValueError(_FORM)
    if not isfinite(found.coefficient):
        raise ValueError("this number is out of range")
    return amount_of(found)
