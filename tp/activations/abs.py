"""The absolute value."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.piecewise_linear import PiecewiseLinear


@dataclass(frozen=True)
class Abs(PiecewiseLinear):
    """|x|. The slope at 0 is taken to be 0."""

    keyword: ClassVar[str] = "abs"
    summary: ClassVar[str] = "absolute value; even, piecewise linear, homogeneous of degree 1"
    uneven: ClassVar[int] = 0
    least: ClassVar[float] = 0.0

    def vanishing(self) -> Fraction | None:
        return Fraction(1)

    @property
    def sides(self) -> tuple[Fraction, Fraction]:
        return Fraction(1), Fraction(-1)

    def lower(self, k: int, x: Any) -> Any:
        import jax.numpy as jnp

        if k == 0:
            return jnp.abs(x)
        return jnp.sign(x) if k == 1 else jnp.zeros_like(x)
