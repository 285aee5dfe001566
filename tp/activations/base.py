"""The base class of activations: derivatives as arrays, and the facts that the order calculus needs."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from enum import Enum
from fractions import Fraction
from math import exp, lgamma
from typing import Any, ClassVar

from tp.gaussian.terms import Terms

# At most nine digits each, so that a rational in a program cannot make arithmetic slow.
_RATIONAL = re.compile(r"[+-]?\d{1,9}(\.\d{1,9}|/0*[1-9]\d{0,8})?")


def rational(text: str) -> Fraction:
    """An argument such as ``-1/2`` or ``0.01``, exactly. Raises ValueError for anything else."""
    if not _RATIONAL.fullmatch(text):
        raise ValueError(f"{text!r} is not a rational number such as -1/2 or 0.01")
    return Fraction(text)


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
    PIECEWISE_POLYNOMIAL = "piecewise polynomial"  # so do those from the first that jumps on
    SINGULAR_AT_ZERO = "analytic away from zero"


@dataclass(frozen=True, slots=True)
class Bound:
    """|φ^{(k)}(x)| <= constant · (k!)^factorials / radius^k for all real x and all k >= ``first``.

    ``factorials`` is 1 where a singularity limits the radius of convergence (``radius`` is then below it; Cauchy's
    estimate on circles of that radius gives the constant), 1/2 for entire functions of order 2 (Cramér's inequality
    for Hermite functions), 0 for those of exponential type (Bernstein's inequality) and for polynomials.
    """

    constant: float
    radius: float = 1.0
    factorials: Fraction = Fraction(1)
    first: int = 0

    def at(self, k: int) -> float:
        """The bound on the k-th derivative. Raises ValueError for k < ``first``, OverflowError for huge k."""
        if k < self.first:
            raise ValueError(f"there is no bound on derivative {k}")
        return self.constant * exp(float(self.factorials) * lgamma(k + 1)) / self.radius**k


@dataclass(frozen=True, slots=True)
class Split:
    """φ(x) = constant + slope x + scale ψ(inside x), where the activation ``part``, here ψ, is odd or even."""

    part: str
    constant: float = 0.0
    slope: float = 0.0
    scale: float = 1.0
    inside: float = 1.0


@dataclass(frozen=True)
class Activation(ABC):
    """A scalar function with all its derivatives. One file each; instances are found by name.

    ``k`` counts derivatives everywhere below; ``k = 0`` is the function itself.
    """

    keyword: ClassVar[str]
    smoothness: ClassVar[Smoothness] = Smoothness.ANALYTIC
    radius: ClassVar[float] = float("inf")
    """The least radius of convergence of Taylor series at real points (distance of the nearest singularity).

    The paper's eq. 23, φ^{(k)} = O((k+1)!) uniformly in k, holds on the whole line when this is at least 1. Then
    φ(β x) satisfies it for β up to this radius.
    """
    summary: ClassVar[str]
    formula: ClassVar[str]
    """The function of x in LaTeX, without dollars; arguments have the first letters of their names."""
    parity: ClassVar[Parity] = Parity.NONE
    """The parity up to a polynomial of degree below :attr:`uneven` (sigmoid is odd up to a constant)."""
    uneven: ClassVar[int] = 0
    """The number of lowest derivatives, counting the function, that lack this parity: 0, 1 or 2."""
    order: ClassVar[int] = 0
    """φ(z) = O(|z|^order) for large |z|."""
    internal: ClassVar[bool] = False
    """Whether transformations make it out of another activation; messages do not offer it."""
    least: ClassVar[float] = float("-inf")
    """A lower bound of φ over the real line."""
    most: ClassVar[float] = float("inf")
    """An upper bound of φ over the real line."""
    keeps_sign: ClassVar[bool] = False
    """Whether z φ(z) >= 0 for all z, for every choice of the arguments."""

    @property
    def name(self) -> str:
        """The name that :func:`tp.activations.find` turns back into this activation."""
        arguments = ", ".join(getattr(self, f.name) for f in fields(self) if f.init)
        return f"{self.keyword}({arguments})" if arguments else self.keyword

    @abstractmethod
    def lower(self, k: int, x: Any) -> Any:
        """The k-th derivative at the JAX array ``x``, entry by entry."""

    def symmetry(self, k: int) -> str:
        """ "odd", "even" or "none", for the k-th derivative."""
        return Parity.NONE.value if k < self.uneven else self.parity.differentiated(k).value

    def split(self) -> Split | None:
        """The activation as a polynomial plus an odd or even one; None if it has a parity itself, or no such form."""
        return None

    def vanishes(self, k: int) -> bool:
        """Whether the k-th derivative is zero (almost) everywhere."""
        return False

    def jump(self) -> int | None:
        """The order of the lowest derivative that jumps at some point; None where all derivatives are continuous."""
        return None

    def constant(self, k: int) -> bool:
        """Whether the k-th derivative is a constant (possibly zero), the same on both sides of a jump."""
        return self.vanishes(k) or (self.vanishes(k + 1) and k != self.jump())

    def at_zero(self, k: int) -> float:
        """The k-th derivative at 0, exactly 0.0 where it vanishes there.

        Used in Taylor series of small arguments, and only where :meth:`degree` is None.
        """
        return 0.0 if self.symmetry(k) == "odd" else self.taylor(k)

    @abstractmethod
    def taylor(self, k: int) -> float:
        """The k-th derivative at 0, not divided by k!, up to rounding. It is computed without JAX."""

    def degree(self) -> Fraction | None:
        """p when φ(t z) = t^p φ(z) for t > 0 (relu: 1, square: 2); None when not homogeneous."""
        return None

    def scaling(self) -> Fraction | None:
        """p where φ^{(k)}(t z) is of order t^{p - k} for all t > 0, up to logarithms of t; None for no such p.

        It is the degree where there is one, and 0 for the logarithm.
        """
        return self.degree()

    def vanishing(self) -> Fraction | None:
        """p where φ vanishes at 0 only and there as |z|^p, 0 where φ is positive everywhere; None for anything else.

        For a finite z: sigmoid is positive, although it tends to 0.
        """
        return None

    def touches(self, k: int) -> Fraction | None:
        """The largest multiplicity of a zero of the k-th derivative where it is not constant; None where unknown.

        0: it has no zeros but on intervals where it is 0 throughout, and where it jumps. As in :meth:`vanishing`, this
        is about finite z.
        """
        return self.vanishing() if k == 0 else None

    def masks(self, k: int) -> bool:
        """Whether the k-th derivative is 0 throughout some interval."""
        return False

    def terms(self, k: int) -> Terms | None:
        """The k-th derivative as a sum of terms whose means under normal laws are known; None where it is none."""
        return None

    def breaks(self) -> tuple[float, ...]:
        """The places where some derivative jumps or does not exist."""
        return () if self.jump() is None else (0.0,)

    def bound(self) -> Bound | None:
        """A bound on all derivatives over the whole real line; None where there is none of this form."""
        return None

    def growth(self, k: int) -> Fraction | None:
        """The least q with φ^{(k)}(z) = O(|z|^q) for large |z|; None when no power bounds it.

        It is 0 for bounded derivatives, also for those that decay.
        """
        return Fraction(max(self.order - k, 0))
