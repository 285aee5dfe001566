"""Which constants times powers, c n^w, fit sizes or numbers that were seen at several widths: none, one or several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from tp.imports.traced.sizes import Number, Size

ROOTS = sorted({Fraction(p, q) for q in (1, 2, 3) for p in range(-3 * q, 3 * q + 1)} - {Fraction(0)})
"""Exponents of sizes that were rounded. More of them would take logarithms for powers."""

SIMPLE = 4096
"""Numerator and denominator of the factor of a size that is exact."""

ROUNDED = 16
"""Numerator and denominator of the factor of a size that had to be rounded at some width."""

_EXACT, _SINGLE = 1e-12, 3e-7


def sizes_of(seen: Sequence[int], widths: Sequence[int]) -> list[Size]:
    """The sizes c n^w, with rational c, that are ``seen`` at ``widths``: none, one, or several with different w.

    One that needs no rounding is the only one.
    """
    if all(size == seen[0] for size in seen):
        return [Size(Fraction(seen[0]))]
    if any(size <= 0 for size in seen):
        return []
    exact = _exact(seen, widths)
    if exact is not None:
        return [exact]
    return [size for w in ROOTS if (size := _rounded(seen, widths, w)) is not None]


def size_of(seen: Sequence[int], widths: Sequence[int]) -> Size | None:
    """The size c n^w that is ``seen`` at ``widths``, with a rational c. None where there is none, or several."""
    found = sizes_of(seen, widths)
    return found[0] if len(found) == 1 else None


def number_of(seen: Sequence[float], widths: Sequence[int]) -> Number | None:
    """The number c n^w that is ``seen`` at ``widths``: to 1e-12, or to 3e-7 if all were rounded to single precision."""
    if all(x == seen[0] or (math.isnan(x) and math.isnan(seen[0])) for x in seen):
        return Number(seen[0])
    if any(x == 0 or not math.isfinite(x) or (x > 0) != (seen[0] > 0) for x in seen):
        return None
    with np.errstate(over="ignore"):
        single = all(float(np.float32(x)) == x for x in seen)
    for tolerance in (_EXACT, _SINGLE) if single else (_EXACT,):
        exponent = _exponent(seen, widths)
        coefficients = [x / float(n) ** float(exponent) for x, n in zip(seen, widths, strict=True)]
        if all(math.isclose(c, coefficients[0], rel_tol=tolerance) for c in coefficients):
            return Number(_nice(coefficients[0], tolerance), exponent)
    return None


def _exponent(seen: Sequence[float], widths: Sequence[int]) -> Fraction:
    """The exponent with a denominator up to 12 that is nearest to the slope between the first and the last width."""
    slope = math.log(seen[-1] / seen[0]) / math.log(widths[-1] / widths[0])
    return Fraction(slope).limit_denominator(12)


def _nice(coefficient: float, tolerance: float) -> float:
    """The simple rational that a coefficient is to rounding, or the coefficient."""
    simple = float(Fraction(coefficient).limit_denominator(64))
    return simple if math.isclose(simple, coefficient, rel_tol=tolerance) else coefficient


def _exact(seen: Sequence[int], widths: Sequence[int]) -> Size | None:
    exponent = _exponent(seen, widths)
    power = float(widths[0]) ** float(exponent)
    factor = Fraction(seen[0] / power).limit_denominator(SIMPLE)
    size = Size(factor, exponent)
    close = all(
        math.isclose(float(factor) * float(n) ** float(exponent), s, rel_tol=_EXACT)
        for n, s in zip(widths, seen, strict=True)
    )
    return size if close and 0 < factor.numerator <= SIMPLE else None


def _rounded(seen: Sequence[int], widths: Sequence[int], exponent: Fraction) -> Size | None:
    """The simplest factor with which all sizes are those seen."""
    powers = [float(n) ** float(exponent) for n in widths]
    low = max((s - 0.5) / p for s, p in zip(seen, powers, strict=True))
    high = min((s + 0.5) / p for s, p in zip(seen, powers, strict=True))
    if low >= high:
        return None
    for denominator in range(1, ROUNDED + 1):
        for numerator in range(max(1, math.ceil(low * denominator)), min(ROUNDED, math.floor(high * denominator)) + 1):
            size = Size(Fraction(numerator, denominator), exponent)
            if all(size.at(n) == s for n, s in zip(widths, seen, strict=True)):
                return size
    return None
