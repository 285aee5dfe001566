"""The unit step."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Activation, Smoothness
from tp.gaussian.terms import STEP, Terms
from tp.namespace import namespace


@dataclass(frozen=True)
class Step(Activation):
    """1 for x > 0, else 0. It jumps at 0; its derivative is taken to be 0, as it is almost everywhere."""

    keyword: ClassVar[str] = "step"
    smoothness: ClassVar[Smoothness] = Smoothness.PIECEWISE_POLYNOMIAL
    radius: ClassVar[float] = 0.0
    summary: ClassVar[str] = "1 for x > 0, else 0; its derivative is zero almost everywhere"
    formula: ClassVar[str] = r"1 \text{ for } x > 0, \quad 0 \text{ for } x \le 0"
    least: ClassVar[float] = 0.0
    most: ClassVar[float] = 1.0
    keeps_sign: ClassVar[bool] = True

    def touches(self, k: int) -> Fraction | None:
        return None if k else Fraction(0)

    def masks(self, k: int) -> bool:
        return k == 0

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        return xp.zeros_like(x) if k else (x > 0).astype(x.dtype)

    def vanishes(self, k: int) -> bool:
        return k >= 1

    def jump(self) -> int | None:
        return 0

    def taylor(self, k: int) -> float:
        return 0.0

    def terms(self, k: int) -> Terms | None:
        return () if k else STEP

    def degree(self) -> Fraction | None:
        return Fraction(0)
