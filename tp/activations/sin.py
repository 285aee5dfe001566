"""The sine."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Activation, Bound, Parity
from tp.gaussian.terms import Term, Terms
from tp.namespace import namespace


@dataclass(frozen=True)
class Sin(Activation):
    keyword: ClassVar[str] = "sin"
    summary: ClassVar[str] = "sine; odd, entire, bounded"
    formula: ClassVar[str] = r"\sin x"
    parity: ClassVar[Parity] = Parity.ODD
    least: ClassVar[float] = -1.0
    most: ClassVar[float] = 1.0

    def touches(self, k: int) -> Fraction | None:
        return Fraction(1)

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        turns = k % 4  # a shifted argument would lose digits
        value = xp.cos(x) if turns % 2 else xp.sin(x)
        return -value if turns >= 2 else value

    def taylor(self, k: int) -> float:
        return (0.0, 1.0, 0.0, -1.0)[k % 4]

    def terms(self, k: int) -> Terms | None:
        # (exp(ix) - exp(-ix)) / 2i, and a factor ±i for each derivative.
        return Term(-0.5j * 1j**k, rate=1j), Term(0.5j * (-1j) ** k, rate=-1j)

    def bound(self) -> Bound | None:
        return Bound(1.0, factorials=Fraction(0))
