"""The smooth version of relu."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import log, pi, sin
from typing import Any, ClassVar

from tp.activations.base import Activation, Bound, Parity, Split
from tp.activations.sigmoid import Sigmoid
from tp.namespace import namespace

_SIGMOID = Sigmoid()


@dataclass(frozen=True)
class Softplus(Activation):
    """log(1 + exp(x)); its slope is the logistic function. It is x/2 plus an even function. Branch points at ±iπ."""

    keyword: ClassVar[str] = "softplus"
    radius: ClassVar[float] = pi
    summary: ClassVar[str] = "log(1 + exp(x)); analytic, grows linearly"
    formula: ClassVar[str] = r"\log(1 + e^x)"
    parity: ClassVar[Parity] = Parity.EVEN
    uneven: ClassVar[int] = 2
    order: ClassVar[int] = 1
    least: ClassVar[float] = 0.0

    def vanishing(self) -> Fraction | None:
        return Fraction(0)

    def touches(self, k: int) -> Fraction | None:
        return Fraction(0) if k <= 2 else None

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        return _SIGMOID.lower(k - 1, x) if k else xp.logaddexp(x, 0.0)

    def split(self) -> Split | None:
        return Split("softplus_even", slope=0.5)

    def taylor(self, k: int) -> float:
        return _SIGMOID.taylor(k - 1) if k else log(2.0)

    def bound(self) -> Bound | None:
        # The slope is the logistic function: M (k-1)!/ρ^(k-1) = (M ρ/k) k!/ρ^k.
        return Bound(2.5 / sin(2.5), 2.5, first=1)
