"""Powers of n as people write them in the column of a log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from tp.written import rational

LARGEST = 24
"""The largest denominator of an exponent: a prediction is told from the next fraction with twice its denominator."""
_ORDER = re.compile(r"(?:Theta|Θ|O)\((.*)\)")
_ROOT = re.compile(r"sqrt\(n\)")
_POWER = re.compile(r"n(?:\^(?:\((?P<inside>[^()]*)\)|(?P<bare>[^()/\s]+)))?")
_HINT = "write an exponent such as 0 or -1/2, or a power such as n^(-1/2) or 1/n"


@dataclass(frozen=True, slots=True)
class Power:
    """n^``exponent`` (None: 0 identically); an upper bound unless ``exact``."""

    exponent: Fraction | None
    exact: bool = True


def power(text: str) -> Power:
    """The power in ``text``: an exponent, a power of n, or ``zero``.

    ``0``, ``-1/2`` and ``-0.5`` are exponents; ``n``, ``1/n``, ``n^(-1/2)``, ``sqrt(n)``, ``1/sqrt(n)`` and
    ``constant`` are powers. ``Theta(...)`` around a power, and ``O(...)`` around an upper bound are understood; in
    these, 1 is n^0. Raises ValueError for other text.
    """
    written = text.strip()
    if written.lower() in ("zero", "-inf"):
        return Power(None)
    order = _ORDER.fullmatch(written)
    if order is None:
        try:
            found = rational(written)
        except (ValueError, ZeroDivisionError):
            found = _exponent(written)
    else:
        found = _exponent(order[1].strip())
    if found.denominator > LARGEST:
        raise ValueError(f"exponents are fractions with a denominator up to {LARGEST}, such as -1/3")
    return Power(found, order is None or not written.startswith("O"))


def _exponent(text: str) -> Fraction:
    """The exponent of a power of n."""
    if text in ("1", "constant"):
        return Fraction(0)
    if text.startswith(("1/n", "1/sqrt")):
        return -_exponent(text[2:])
    if _ROOT.fullmatch(text):
        return Fraction(1, 2)
    found = _POWER.fullmatch(text)
    if found is None:
        raise ValueError(_HINT)
    inner = found["inside"] or found["bare"]
    if inner is None:
        return Fraction(1) if text == "n" else _refuse()
    try:
        return rational(inner)
    except (ValueError, ZeroDivisionError):
        return _refuse()


def _refuse() -> Fraction:
    raise ValueError(_HINT)
