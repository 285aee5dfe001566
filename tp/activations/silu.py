"""The sigmoid linear unit (swish)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import pi
from typing import Any, ClassVar

from tp.activations.base import Activation, Bound, Parity, Split
from tp.activations.sigmoid import Sigmoid

_SIGMOID = Sigmoid()


@dataclass(frozen=True)
class Silu(Activation):
    """x σ(x); the k-th derivative is x σ^{(k)} + k σ^{(k-1)}. It is x/2 plus an even function. Poles at ±iπ."""

    keyword: ClassVar[str] = "silu"
    radius: ClassVar[float] = pi
    summary: ClassVar[str] = "x times the logistic function; analytic, grows linearly"
    formula: ClassVar[str] = r"\frac{x}{1 + e^{-x}}"
    parity: ClassVar[Parity] = Parity.EVEN
    uneven: ClassVar[int] = 2
    order: ClassVar[int] = 1
    least: ClassVar[float] = -0.2785
    keeps_sign: ClassVar[bool] = True

    def touches(self, k: int) -> Fraction | None:
        return Fraction(1) if k <= 1 else None

    def lower(self, k: int, x: Any) -> Any:
        first = x * _SIGMOID.lower(k, x)
        return first + k * _SIGMOID.lower(k - 1, x) if k else first

    def split(self) -> Split | None:
        return Split("silu_even", slope=0.5)

    def taylor(self, k: int) -> float:
        return k * _SIGMOID.taylor(k - 1) if k else 0.0

    def bound(self) -> Bound | None:
        # x σ(x) = x - x σ(-x), and |z σ(-z)| < 4.14 on circles of radius 2.5 around points x >= 0; even up to x/2.
        return Bound(4.2, 2.5, first=1)
