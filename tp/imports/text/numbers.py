"""Numbers c n^w as the language writes them: exactly where a short form has the same value."""

from __future__ import annotations

from fractions import Fraction
from math import isclose, isqrt

from tp.imports.traced.sizes import Number

_NEAR = 4e-16
"""Two short forms that differ by less than this share of their size have the same value in double precision."""


def written_number(number: Number, width: str = "n") -> tuple[str, bool]:
    """The text of ``number``, and whether it is a product or a quotient that needs brackets as a factor's divisor."""
    value, power = number.coefficient, number.exponent
    sign = "-" if value < 0 else ""
    above, below = _fraction(abs(value))
    if power > 0:
        above = [*above, _power(width, power)]
    elif power < 0:
        below = [*below, _power(width, -power)]
    text = " * ".join(above) or "1"
    if len(below) == 1:
        text += f"/{below[0]}"
    elif below:
        text += f"/({' * '.join(below)})"
    return sign + text, len(above) > 1 or bool(below)


def _power(width: str, power: Fraction) -> str:
    if power == 1:
        return width
    if power == Fraction(1, 2):
        return f"sqrt({width})"
    return f"{width}^{power}" if power.denominator == 1 else f"{width}^({power})"


def _fraction(value: float) -> tuple[list[str], list[str]]:
    """Texts of factors above and below the line: whole numbers, roots of them, or decimals."""
    if value == 1:
        return [], []
    if value == int(value) and value < 1e15:
        return [str(int(value))], []
    decimal = repr(value)
    if len(decimal) <= 6:
        return [decimal], []
    plain = _near(value)
    if plain is not None:
        return ([] if plain.numerator == 1 else [str(plain.numerator)]), [str(plain.denominator)]
    square = _near(value * value)
    if square is not None:
        (outer, inner), (low_outer, low_inner) = _rooted(square.numerator), _rooted(square.denominator)
        above = [str(outer)] * (outer != 1) + [f"sqrt({inner})"] * (inner != 1)
        below = [str(low_outer)] * (low_outer != 1) + [f"sqrt({low_inner})"] * (low_inner != 1)
        return above, below
    return [decimal], []


def _near(value: float) -> Fraction | None:
    """A rational with a small denominator that has this value in double precision, up to a few units of rounding."""
    found = Fraction(value).limit_denominator(4096)
    if not found or found.numerator > 100_000 or not isclose(float(found), value, rel_tol=2 * _NEAR):
        return None
    return found


def _rooted(number: int) -> tuple[int, int]:
    """(a, b) with ``number`` = a^2 b, where b has no square factor up to 1000."""
    outer, inner = 1, number
    root = isqrt(inner)
    if root * root == inner:
        return root, 1
    for factor in range(2, 1000):
        if factor * factor > inner:
            break
        while inner % (factor * factor) == 0:
            inner //= factor * factor
            outer *= factor
    return outer, inner
