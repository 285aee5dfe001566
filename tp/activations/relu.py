"""The rectified linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Activation, Parity, Smoothness


@dataclass(frozen=True)
class Relu(Activation):
    """max(x, 0). The slope at 0 is taken to be 0, as JAX does; the second derivative is 0 almost everywhere.

    The radius is 0: no Taylor series represents it on both sides of the kink.
    """

    keyword: ClassVar[str] = "relu"
    smoothness: ClassVar[Smoothness] = Smoothness.PIECEWISE_LINEAR
    radius: ClassVar[float] = 0.0
    summary: ClassVar[str] = "max(x, 0); piecewise linear, homogeneous of degree 1"

    def lower(self, k: int, x: Any) -> Any:
        import jax
        import jax.numpy as jnp

        if k == 0:
            return jax.nn.relu(x)
        return (x > 0).astype(x.dtype) if k == 1 else jnp.zeros_like(x)

    def symmetry(self, k: int) -> str:
        # A multiple of |x| plus a linear function: what the kink adds is even.
        return Parity.NONE.value if k < 2 else Parity.EVEN.differentiated(k).value

    def vanishes(self, k: int) -> bool:
        return k >= 2

    def taylor(self, k: int) -> float:
        return 0.0

    def degree(self) -> Fraction | None:
        return Fraction(1)

    def growth(self, k: int) -> Fraction | None:
        return Fraction(1 if k == 0 else 0)
