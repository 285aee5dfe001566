"""The cosine."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Activation, Bound, Parity
from tp.activations.sin import Sin
from tp.gaussian.terms import Terms

_SINE = Sin()


@dataclass(frozen=True)
class Cos(Activation):
    """The derivative of the sine."""

    keyword: ClassVar[str] = "cos"
    summary: ClassVar[str] = "cosine; even, entire, bounded"
    formula: ClassVar[str] = r"\cos x"
    parity: ClassVar[Parity] = Parity.EVEN
    least: ClassVar[float] = -1.0
    most: ClassVar[float] = 1.0

    def touches(self, k: int) -> Fraction | None:
        return Fraction(1)

    def lower(self, k: int, x: Any) -> Any:
        return _SINE.lower(k + 1, x)

    def taylor(self, k: int) -> float:
        return _SINE.taylor(k + 1)

    def terms(self, k: int) -> Terms | None:
        return _SINE.terms(k + 1)

    def bound(self) -> Bound | None:
        return _SINE.bound()
