"""Hyperbolic tangent."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import pi, tan
from typing import Any, ClassVar

from tp.activations.base import Activation, Bound, Parity
from tp.namespace import namespace


@cache
def _polynomial(k: int) -> tuple[int, ...]:
    """Coefficients (lowest first) of p_k with tanh^{(k)} = p_k(tanh); p_{k+1} = p_k' (1 - t^2)."""
    if k == 0:
        return (0, 1)
    slope = [i * c for i, c in enumerate(_polynomial(k - 1))][1:]
    out = [0] * (len(slope) + 2)
    for i, c in enumerate(slope):
        out[i] += c
        out[i + 2] -= c
    return tuple(out)


@dataclass(frozen=True)
class Tanh(Activation):
    """sinh/cosh. Poles at ±iπ/2, above 0, where the Taylor series has its smallest radius."""

    keyword: ClassVar[str] = "tanh"
    radius: ClassVar[float] = pi / 2
    summary: ClassVar[str] = "hyperbolic tangent; odd, analytic, bounded"
    formula: ClassVar[str] = r"\tanh x = \frac{e^x - e^{-x}}{e^x + e^{-x}}"
    parity: ClassVar[Parity] = Parity.ODD
    least: ClassVar[float] = -1.0
    most: ClassVar[float] = 1.0
    keeps_sign: ClassVar[bool] = True

    def vanishing(self) -> Fraction | None:
        return Fraction(1)

    def touches(self, k: int) -> Fraction | None:
        return Fraction(1 - k) if k <= 1 else None

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        t = xp.tanh(x)
        out = xp.zeros_like(t)
        for coefficient in reversed(_polynomial(k)):
            out = out * t + coefficient
        return out

    def taylor(self, k: int) -> float:
        return float(_polynomial(k)[0])

    def bound(self) -> Bound | None:
        # |tanh(x + iy)|² = (sinh²x + sin²y)/(sinh²x + cos²y), at most tan²y between |y| = π/4 and π/2.
        return Bound(tan(1.25), 1.25)
