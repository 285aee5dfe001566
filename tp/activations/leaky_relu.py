"""The rectified linear unit with a slope on the negative side."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Activation, Parity, Smoothness, rational


@dataclass(frozen=True)
class LeakyRelu(Activation):
    """x for x > 0 and slope * x below; the slope at 0 is the one of the left side, as for relu.

    The radius is 0: no Taylor series represents it on both sides of the kink.
    """

    keyword: ClassVar[str] = "leaky_relu"
    smoothness: ClassVar[Smoothness] = Smoothness.PIECEWISE_LINEAR
    radius: ClassVar[float] = 0.0
    summary: ClassVar[str] = "x, or slope * x where negative; piecewise linear, homogeneous of degree 1"

    slope: str = "0.01"

    def __post_init__(self) -> None:
        slope = rational(self.slope)
        if abs(slope) == 1:
            known = "identity" if slope == 1 else "abs"
            raise ValueError(f"leaky_relu with slope {slope} has a name of its own: write {known}")
        object.__setattr__(self, "slope", str(slope))  # one spelling for equal values

    @property
    def name(self) -> str:
        return f"leaky_relu({self.slope})"

    def lower(self, k: int, x: Any) -> Any:
        import jax.numpy as jnp

        slope = float(Fraction(self.slope))
        if k == 0:
            return jnp.where(x > 0, x, slope * x)
        return jnp.where(x > 0, jnp.ones_like(x), slope) if k == 1 else jnp.zeros_like(x)

    def symmetry(self, k: int) -> str:
        # A multiple of |x| plus a linear function: what the kink adds is even.
        return Parity.NONE.value if k < 2 else Parity.EVEN.differentiated(k).value

    def vanishes(self, k: int) -> bool:
        return k >= 2

    def taylor(self, k: int) -> float:
        return float(Fraction(self.slope)) if k == 1 else 0.0

    def degree(self) -> Fraction | None:
        return Fraction(1)

    def growth(self, k: int) -> Fraction | None:
        return Fraction(1 if k == 0 else 0)
