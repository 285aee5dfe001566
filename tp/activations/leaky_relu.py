"""The rectified linear unit with a slope on the negative side."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Split, rational
from tp.activations.piecewise_linear import PiecewiseLinear
from tp.namespace import namespace


@dataclass(frozen=True)
class LeakyRelu(PiecewiseLinear):
    """x for x > 0 and slope * x below; the slope at 0 is the one of the left side, as for relu."""

    keyword: ClassVar[str] = "leaky_relu"
    summary: ClassVar[str] = "x, or slope * x where negative; piecewise linear, homogeneous of degree 1"
    formula: ClassVar[str] = r"\max(x, 0) + s \min(x, 0)"

    slope: str = "0.01"

    def __post_init__(self) -> None:
        slope = rational(self.slope)
        if abs(slope) == 1:
            known = "identity" if slope == 1 else "abs"
            raise ValueError(f"leaky_relu with slope {slope} has a name of its own: write {known}")
        object.__setattr__(self, "slope", str(slope))  # one spelling for equal values

    def vanishing(self) -> Fraction | None:
        return Fraction(1) if Fraction(self.slope) else None

    @property
    def sides(self) -> tuple[Fraction, Fraction]:
        return Fraction(1), Fraction(self.slope)

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        slope = float(Fraction(self.slope))
        if k == 0:
            return xp.where(x > 0, x, slope * x)
        return xp.where(x > 0, xp.ones_like(x), slope) if k == 1 else xp.zeros_like(x)

    def split(self) -> Split | None:
        slope = float(Fraction(self.slope))
        return Split("abs", slope=(1.0 + slope) / 2.0, scale=(1.0 - slope) / 2.0)

    def taylor(self, k: int) -> float:
        return float(Fraction(self.slope)) if k == 1 else 0.0
