"""Numbers that were found at several widths, as c n^w."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from math import isfinite, log

from tp.imports.traced.fits import size_of
from tp.imports.traced.sizes import Number

DENOMINATORS = (1, 2, 3, 4, 6)
"""Those of exponents that are looked for."""


def powers(seen: Mapping[int, float], error: float) -> list[Number]:
    """All c n^w that agree with the numbers ``seen`` by width, up to the relative ``error`` of each.

    w has one of :data:`DENOMINATORS`. More than one is found where the error is too large to tell them apart.
    """
    if all(value == 0.0 for value in seen.values()):
        return [Number(0.0)]
    if any(value == 0.0 or not isfinite(value) for value in seen.values()):
        return []
    first, last = min(seen), max(seen)
    slope = log(seen[last] / seen[first]) / log(last / first) if seen[last] / seen[first] > 0 else None
    if slope is None:
        return []
    doubt = 2.0 * error / log(last / first)
    found: dict[Fraction, Number] = {}
    for denominator in DENOMINATORS:
        for above in range(int((slope - doubt) * denominator) - 1, int((slope + doubt) * denominator) + 2):
            exponent = Fraction(above, denominator)
            coefficients = [value / float(n) ** float(exponent) for n, value in seen.items()]
            middle = sum(coefficients) / len(coefficients)
            if max(coefficients) - min(coefficients) <= 2.0 * error * abs(middle):
                found[exponent] = Number(middle, exponent)
    return sorted(found.values(), key=lambda number: number.exponent.denominator)


def powers_of_sizes(seen: Mapping[int, float], axes: Mapping[int, tuple[int, ...]], error: float) -> list[Number]:
    """The c n^w that ``seen`` is where a size of one of the axes, which is rounded, counts as n^v without rounding.

    The factor of a size may have the power -1/2 or -1.
    """
    widths = list(seen)
    for sizes in zip(*(axes[n] for n in widths), strict=True):
        size = size_of(sizes, widths)
        if size is None or not size.wide:
            continue
        for power in (Fraction(1, 2), Fraction(1)):
            rest = {n: seen[n] * own ** float(power) for n, own in zip(widths, sizes, strict=True)}
            found = powers(rest, error)
            if len(found) == 1:
                factor = float(size.factor) ** float(-power)
                return [found[0] * Number(factor, -size.exponent * power)]
    return []


def shifted(seen: Mapping[int, float], error: float) -> tuple[Number, float] | None:
    """The number c n^w of c (n^v + a)^(w/v), which is what ``seen`` is, and a.

    So is sqrt(2/(n + 10)), the deviation of Glorot and Bengio for a weight with ten outputs: 1/sqrt(n/2 + 5). Looked
    for are w = -1/2 and w = -1 with v = 1 and v = 2. Needs three widths. None where there is none.
    """
    widths = sorted(seen)
    if len(widths) < 3 or any(not isfinite(value) or value == 0.0 for value in seen.values()):
        return None
    for power, steps in ((2, 1), (1, 1), (2, 2)):
        rows = [(float(n) ** steps, abs(seen[n]) ** -power) for n in widths]
        slopes = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(rows)]
        doubts = [2.0 * power * error * y1 / (x1 - x0) for (x0, _), (x1, y1) in pairwise(rows)]
        slope = slopes[-1]
        if slope > 0 and all(abs(s - slope) <= d + doubts[-1] for s, d in zip(slopes, doubts, strict=True)):
            x, y = rows[-1]
            sign = 1.0 if seen[widths[0]] > 0 else -1.0
            return Number(sign * slope ** (-1.0 / power), Fraction(-steps, power)), y / slope - x
    return None
