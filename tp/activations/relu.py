"""The rectified linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Split
from tp.activations.piecewise_linear import PiecewiseLinear


@dataclass(frozen=True)
class Relu(PiecewiseLinear):
    """max(x, 0). The slope at 0 is taken to be 0, as JAX does."""

    keyword: ClassVar[str] = "relu"
    summary: ClassVar[str] = "max(x, 0); piecewise linear, homogeneous of degree 1"
    least: ClassVar[float] = 0.0
    keeps_sign: ClassVar[bool] = True

    @property
    def sides(self) -> tuple[Fraction, Fraction]:
        return Fraction(1), Fraction(0)

    def lower(self, k: int, x: Any) -> Any:
        import jax
        import jax.numpy as jnp

        if k == 0:
            return jax.nn.relu(x)
        return (x > 0).astype(x.dtype) if k == 1 else jnp.zeros_like(x)

    def split(self) -> Split | None:
        return Split("abs", slope=0.5, scale=0.5)
