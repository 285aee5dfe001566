"""The rectified linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Split
from tp.activations.piecewise_linear import PiecewiseLinear
from tp.namespace import namespace


@dataclass(frozen=True)
class Relu(PiecewiseLinear):
    """max(x, 0). The slope at 0 is taken to be 0, as JAX does."""

    keyword: ClassVar[str] = "relu"
    summary: ClassVar[str] = "max(x, 0); piecewise linear, homogeneous of degree 1"
    formula: ClassVar[str] = r"\max(x, 0)"
    least: ClassVar[float] = 0.0
    keeps_sign: ClassVar[bool] = True

    @property
    def sides(self) -> tuple[Fraction, Fraction]:
        return Fraction(1), Fraction(0)

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        if k == 0:
            return xp.maximum(x, 0)
        return (x > 0).astype(x.dtype) if k == 1 else xp.zeros_like(x)

    def split(self) -> Split | None:
        return Split("abs", slope=0.5, scale=0.5)
