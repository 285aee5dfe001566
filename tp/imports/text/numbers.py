"""Numbers c n^w as the language writes them: exactly where a short form has the same value."""

from __future__ import annotations

from fractions import Fraction
from math import isclose, isfinite, isqrt

from tp.imports.traced.sizes import Number

_NEAR = 4e-16
"""Two short forms that differ by less than this share of their size have the same value in double precision."""


def written_number(number: Number, width: str = "n") -> tuple[str, bool]:
    """The text of ``number``, and whether it is a product or a quotient that needs brackets as a factor's divisor."""
    value, power = abs(number.coefficient), number.exponent
    sign = "-" if number.coefficient < 0 else ""
    square = _near(value * value)
    if abs(power) == Fraction(1, 2) and square is not None and not _is_square(square):
        if power < 0 and square.numerator == 1:
            return f"{sign}1 / sqrt({square.denominator} * {width})", True
        inside = written_number(Number(float(square), 2 * power), width)[0]
        return f"{sign}sqrt({inside})", False
    above, below = _coefficient(value)
    if power > 0:
        above = [*above, _power(width, power)]
    elif power < 0:
        below = [*below, _power(width, -power)]
    text = " * ".join(above) or "1"
    if len(below) == 1:
        text += f" / {below[0]}"
    elif below:
        text += f" / ({' * '.join(below)})"
    return sign + text, len(above) > 1 or bool(below)


def written_size(factor: Fraction, power: Fraction, width: str = "n") -> str:
    """A number of entries, such as ``4 * n``, ``n / 16`` or ``3 * n^(1/2)``."""
    text = _power(width, power)
    text = text if factor.numerator == 1 else f"{factor.numerator} * {text}"
    return text if factor.denominator == 1 else f"{text} / {factor.denominator}"


def _power(width: str, power: Fraction) -> str:
    if power == 1:
        return width
    if power == Fraction(1, 2):
        return f"sqrt({width})"
    return f"{width}^{power}" if power.denominator == 1 else f"{width}^({power})"


def _coefficient(value: float) -> tuple[list[str], list[str]]:
    """Texts of factors above and below the line: whole numbers, roots of rationals, or decimals."""
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
    if square is None:
        return [decimal], []
    if square.numerator == 1:
        return [], [f"sqrt({square.denominator})"]
    return [f"sqrt({square})"], []


def _near(value: float) -> Fraction | None:
    """A rational with a small denominator that has this value in double precision, up to a few units of rounding."""
    if not isfinite(value):  # a square beyond the largest number
        return None
    found = Fraction(value).limit_denominator(4096)
    if not found or found.numerator > 100_000 or not isclose(float(found), value, rel_tol=2 * _NEAR):
        return None
    return found


def _is_square(number: Fraction) -> bool:
    """Whether the root is rational."""
    return all(isqrt(part) ** 2 == part for part in (number.numerator, number.denominator))
