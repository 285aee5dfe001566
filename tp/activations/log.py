"""The logarithm of a positive argument: of softmax, in entropies."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import copysign, factorial, inf
from typing import Any, ClassVar

from tp.activations.base import Activation, Smoothness
from tp.namespace import namespace


@dataclass(frozen=True)
class Log(Activation):
    """log(x). Its derivatives are whole negative powers; it grows itself, and diverges at 0, more slowly than any."""

    keyword: ClassVar[str] = "log"
    smoothness: ClassVar[Smoothness] = Smoothness.SINGULAR_AT_ZERO
    radius: ClassVar[float] = 0.0
    summary: ClassVar[str] = "logarithm of a positive argument"
    formula: ClassVar[str] = r"\log x"

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        return xp.log(x) if k == 0 else (-1) ** (k - 1) * factorial(k - 1) * x ** float(-k)

    def taylor(self, k: int) -> float:
        """The limit from the right, which is infinite."""
        return copysign(inf, (-1) ** (k - 1))

    def scaling(self) -> Fraction | None:
        return Fraction(0)

    def touches(self, k: int) -> Fraction | None:
        return Fraction(0 if k else 1)

    def breaks(self) -> tuple[float, ...]:
        return (0.0,)

    def growth(self, k: int) -> Fraction | None:
        return Fraction(-k)
