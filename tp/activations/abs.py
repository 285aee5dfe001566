"""The absolute value."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Activation, Parity, Smoothness


@dataclass(frozen=True)
class Abs(Activation):
    """|x|. The slope at 0 is taken to be 0; the second derivative is 0 almost everywhere.

    The radius is 0: no Taylor series represents it on both sides of the kink.
    """

    keyword: ClassVar[str] = "abs"
    smoothness: ClassVar[Smoothness] = Smoothness.PIECEWISE_LINEAR
    radius: ClassVar[float] = 0.0
    summary: ClassVar[str] = "absolute value; even, piecewise linear, homogeneous of degree 1"

    @property
    def parity(self) -> Parity:
        return Parity.EVEN

    def lower(self, k: int, x: Any) -> Any:
        import jax.numpy as jnp

        if k == 0:
            return jnp.abs(x)
        return jnp.sign(x) if k == 1 else jnp.zeros_like(x)

    def vanishes(self, k: int) -> bool:
        return k >= 2

    def taylor(self, k: int) -> float:
        return 0.0

    def degree(self) -> Fraction | None:
        return Fraction(1)

    def growth(self, k: int) -> Fraction | None:
        return Fraction(1 if k == 0 else 0)
