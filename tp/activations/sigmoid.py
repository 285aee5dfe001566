"""The logistic function."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import pi, sin
from typing import Any, ClassVar

from tp.activations.base import Activation, Bound, Parity, Split
from tp.namespace import namespace, sigmoid


@cache
def _polynomial(k: int) -> tuple[int, ...]:
    """Coefficients (lowest first) of q_k with σ^{(k)} = σ (1 - σ) q_k(σ), k >= 1.

    q_{k+1} is the slope of σ (1 - σ) q_k as a polynomial in σ.
    """
    if k == 1:
        return (1,)
    inner = _polynomial(k - 1)
    whole = [0, *inner, 0]
    for i, c in enumerate(inner):
        whole[i + 2] -= c
    return tuple(i * c for i, c in enumerate(whole))[1:]


@dataclass(frozen=True)
class Sigmoid(Activation):
    """1/(1 + exp(-x)). Odd up to the constant 1/2, so every derivative has a parity. Poles at ±iπ."""

    keyword: ClassVar[str] = "sigmoid"
    radius: ClassVar[float] = pi
    summary: ClassVar[str] = "logistic function; analytic, bounded"
    formula: ClassVar[str] = r"\frac{1}{1 + e^{-x}}"
    parity: ClassVar[Parity] = Parity.ODD
    uneven: ClassVar[int] = 1
    least: ClassVar[float] = 0.0
    most: ClassVar[float] = 1.0

    def vanishing(self) -> Fraction | None:
        return Fraction(0)

    def touches(self, k: int) -> Fraction | None:
        return Fraction(0) if k <= 1 else None

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        s = sigmoid(x)
        if k == 0:
            return s
        out = xp.zeros_like(s)
        for coefficient in reversed(_polynomial(k)):
            out = out * s + coefficient
        return s * sigmoid(-x) * out  # the product 1 - σ is exact in the tail this way

    def split(self) -> Split | None:
        return Split("tanh", constant=0.5, scale=0.5, inside=0.5)

    def taylor(self, k: int) -> float:
        if k == 0:
            return 0.5
        # q_k(1/2)/4 as a ratio of whole numbers, which is fast and rounded once.
        return sum(c << k - 1 - i for i, c in enumerate(_polynomial(k))) / (1 << k + 1)

    def bound(self) -> Bound | None:
        # |1 + exp(-z)| >= sin y for |y| between π/2 and π.
        return Bound(1.0 / sin(2.5), 2.5)
