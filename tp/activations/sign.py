"""The sign."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Activation, Parity, Smoothness
from tp.gaussian.terms import HALF_STEP, Term, Terms, times
from tp.namespace import namespace


@dataclass(frozen=True)
class Sign(Activation):
    """1 for x > 0, -1 for x < 0, 0 at 0. It jumps at 0; its derivative is taken to be 0, as it is almost everywhere."""

    keyword: ClassVar[str] = "sign"
    smoothness: ClassVar[Smoothness] = Smoothness.PIECEWISE_POLYNOMIAL
    radius: ClassVar[float] = 0.0
    parity: ClassVar[Parity] = Parity.ODD
    summary: ClassVar[str] = "1 for x > 0, -1 for x < 0; odd, its derivative is zero almost everywhere"
    formula: ClassVar[str] = r"1 \text{ for } x > 0, \quad 0 \text{ for } x = 0, \quad -1 \text{ for } x < 0"
    least: ClassVar[float] = -1.0
    most: ClassVar[float] = 1.0
    keeps_sign: ClassVar[bool] = True

    def touches(self, k: int) -> Fraction | None:
        return None if k else Fraction(0)

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        return xp.zeros_like(x) if k else xp.sign(x)

    def vanishes(self, k: int) -> bool:
        return k >= 1

    def jump(self) -> int | None:
        return 0

    def taylor(self, k: int) -> float:
        return 0.0

    def terms(self, k: int) -> Terms | None:
        return () if k else (*times(2.0, HALF_STEP), Term(-1.0))

    def degree(self) -> Fraction | None:
        return Fraction(0)
