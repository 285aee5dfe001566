"""Even parts of smooth rectifiers: what is left of them without x/2. The calculus meets them in sums that cancel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from tp.activations.base import Activation, Bound, Parity
from tp.activations.gelu import Gelu
from tp.activations.gelu_tanh import GeluTanh
from tp.activations.silu import Silu
from tp.activations.softplus import Softplus
from tp.gaussian.terms import Term, Terms, collected

SLOPE = 0.5
"""The slope of the linear part that is taken away."""


@dataclass(frozen=True)
class EvenPart(Activation):
    """``whole`` minus x/2. It differs from ``whole`` in two derivatives only: the function and its slope."""

    whole: ClassVar[Activation]
    internal: ClassVar[bool] = True
    parity: ClassVar[Parity] = Parity.EVEN
    order: ClassVar[int] = 1

    def lower(self, k: int, x: Any) -> Any:
        found = self.whole.lower(k, x)
        return found - SLOPE * x if k == 0 else found - SLOPE if k == 1 else found

    def taylor(self, k: int) -> float:
        return self.whole.taylor(k) if k != 1 else 0.0

    def terms(self, k: int) -> Terms | None:
        found = self.whole.terms(k)
        return None if found is None else found if k > 1 else collected((*found, Term(-SLOPE, 1 - k)))

    def bound(self) -> Bound | None:
        found = self.whole.bound()
        if found is None:
            return None
        return Bound(found.constant + SLOPE * found.radius, found.radius, found.factorials, found.first)


@dataclass(frozen=True)
class GeluEven(EvenPart):
    keyword: ClassVar[str] = "gelu_even"
    radius: ClassVar[float] = Gelu.radius
    summary: ClassVar[str] = "gelu minus x/2; even, entire"
    formula: ClassVar[str] = r"x\,\Phi(x) - \frac{x}{2} = \frac{x}{2}\operatorname{erf}\frac{x}{\sqrt 2}"
    whole: ClassVar[Activation] = Gelu()


@dataclass(frozen=True)
class GeluTanhEven(EvenPart):
    keyword: ClassVar[str] = "gelu_tanh_even"
    radius: ClassVar[float] = GeluTanh.radius
    summary: ClassVar[str] = "gelu_tanh minus x/2; even, analytic"
    formula: ClassVar[str] = r"\frac{x}{2}\tanh\left(\sqrt{2/\pi}\,(x + 0.044715\,x^3)\right)"
    whole: ClassVar[Activation] = GeluTanh()


@dataclass(frozen=True)
class SiluEven(EvenPart):
    keyword: ClassVar[str] = "silu_even"
    radius: ClassVar[float] = Silu.radius
    summary: ClassVar[str] = "silu minus x/2; even, analytic"
    formula: ClassVar[str] = r"\frac{x}{1 + e^{-x}} - \frac{x}{2} = \frac{x}{2}\tanh\frac{x}{2}"
    whole: ClassVar[Activation] = Silu()


@dataclass(frozen=True)
class SoftplusEven(EvenPart):
    keyword: ClassVar[str] = "softplus_even"
    radius: ClassVar[float] = Softplus.radius
    summary: ClassVar[str] = "softplus minus x/2; even, analytic"
    formula: ClassVar[str] = r"\log(1 + e^x) - \frac{x}{2} = \log\left(2\cosh\frac{x}{2}\right)"
    whole: ClassVar[Activation] = Softplus()
