"""What an activation must say about itself: values, derivatives, and the facts that orders need."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any, ClassVar


class Parity(Enum):
    ODD = "odd"
    EVEN = "even"
    NONE = "none"

    def differentiated(self, times: int) -> Parity:
        """The parity of the ``times``-th derivative."""
        if self is Parity.NONE or times % 2 == 0:
            return self
        return Parity.EVEN if self is Parity.ODD else Parity.ODD


class Smoothness(Enum):
    ANALYTIC = "analytic"
    PIECEWISE_LINEAR = "piecewise linear"  # derivatives hold almost everywhere only
    SINGULAR_AT_ZERO = "analytic away from zero"


@dataclass(frozen=True)
class Activation(ABC):
    """A scalar function with all its derivatives. One file each; instances are found by name.

    ``k`` counts derivatives everywhere below; ``k = 0`` is the function itself.
    """

    keyword: ClassVar[str]
    smoothness: ClassVar[Smoothness] = Smoothness.ANALYTIC
    radius: ClassVar[float] = float("inf")
    """Smallest radius of convergence of the Taylor series over the real line (paper, eq. 23)."""
    summary: ClassVar[str]

    @property
    def name(self) -> str:
        """The name that :func:`tp.activations.find` turns back into this activation."""
        return self.keyword

    @property
    def parity(self) -> Parity:
        return Parity.NONE

    @abstractmethod
    def lower(self, k: int, x: Any) -> Any:
        """The k-th derivative at the JAX array ``x``, entry by entry."""

    def symmetry(self, k: int) -> str:
        """"odd", "even" or "none", for the k-th derivative."""
        return self.parity.differentiated(k).value

    def vanishes(self, k: int) -> bool:
        """Whether the k-th derivative is zero (almost) everywhere."""
        return False

    def constant(self, k: int) -> bool:
        """Whether the k-th derivative is a constant (possibly zero)."""
        return self.vanishes(k) or self.vanishes(k + 1) and self.smoothness is Smoothness.ANALYTIC

    def at_zero(self, k: int) -> float:
        """The k-th derivative at 0, exactly 0.0 where it vanishes there.

        Small arguments are expanded with it; only read when :meth:`degree` is None.
        """
        if self.parity is not Parity.NONE and (k % 2 == 0) == (self.parity is Parity.ODD):
            return 0.0
        return self.taylor(k)

    def taylor(self, k: int) -> float:
        """:meth:`at_zero` without the help of parity. Default: numerically, in float64 where JAX allows."""
        import jax.numpy as jnp

        return float(self.lower(k, jnp.zeros(())))

    def degree(self) -> Fraction | None:
        """p when φ(t z) = t^p φ(z) for t > 0 (relu: 1, square: 2); None when not homogeneous."""
        return None

    def growth(self, k: int) -> Fraction | None:
        """The least q with φ^{(k)}(z) = O(|z|^q) for large |z|; None when no power bounds it.

        Bounded derivatives answer 0, also where they decay.
        """
        return Fraction(0)
