"""The absolute value."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.piecewise_linear import PiecewiseLinear
from tp.namespace import namespace


@dataclass(frozen=True)
class Abs(PiecewiseLinear):
    """|x|. The slope at 0 is taken to be 0."""

    keyword: ClassVar[str] = "abs"
    summary: ClassVar[str] = "absolute value; even, piecewise linear, homogeneous of degree 1"
    formula: ClassVar[str] = "|x|"
    uneven: ClassVar[int] = 0
    least: ClassVar[float] = 0.0

    def vanishing(self) -> Fraction | None:
        return Fraction(1)

    @property
    def sides(self) -> tuple[Fraction, Fraction]:
        return Fraction(1), Fraction(-1)

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        if k == 0:
            return xp.abs(x)
        return xp.sign(x) if k == 1 else xp.zeros_like(x)
