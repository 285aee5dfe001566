"""The exponential; softmax is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Activation
from tp.gaussian.terms import Term, Terms
from tp.namespace import namespace


@dataclass(frozen=True)
class Exp(Activation):
    """Its own derivative: entire, but no derivative is bounded on the whole line, so there is no ``bound``."""

    keyword: ClassVar[str] = "exp"
    summary: ClassVar[str] = "exponential; entire, no polynomial growth"
    formula: ClassVar[str] = "e^x"
    least: ClassVar[float] = 0.0

    def vanishing(self) -> Fraction | None:
        return Fraction(0)

    def touches(self, k: int) -> Fraction | None:
        return Fraction(0)

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        return xp.exp(x)

    def taylor(self, k: int) -> float:
        return 1.0

    def terms(self, k: int) -> Terms | None:
        return (Term(rate=1.0),)

    def growth(self, k: int) -> Fraction | None:
        return None
