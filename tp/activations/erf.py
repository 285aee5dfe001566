"""The error function."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import factorial, pi, sqrt
from typing import Any, ClassVar

from tp.activations.base import Activation, Bound, Parity
from tp.gaussian.terms import Gate, Term, Terms, bell, times
from tp.namespace import erf, namespace


@dataclass(frozen=True)
class Erf(Activation):
    """erf^{(k)}(x) = (2/√π) (-1)^{k-1} H_{k-1}(x) exp(-x²), with the physicists' Hermite polynomials."""

    keyword: ClassVar[str] = "erf"
    summary: ClassVar[str] = "error function; odd, entire, bounded"
    formula: ClassVar[str] = r"\operatorname{erf} x = \frac{2}{\sqrt\pi}\int_0^x e^{-t^2}\,dt"
    parity: ClassVar[Parity] = Parity.ODD
    least: ClassVar[float] = -1.0
    most: ClassVar[float] = 1.0
    keeps_sign: ClassVar[bool] = True

    def vanishing(self) -> Fraction | None:
        return Fraction(1)

    def touches(self, k: int) -> Fraction | None:
        return Fraction(1 - k) if k <= 1 else None

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        if k == 0:
            return erf(x)
        # The Gaussian sits inside the recurrence, so that far out it is 0 and not infinity times 0.
        previous, current = xp.zeros_like(x), (2.0 / sqrt(pi)) * xp.exp(-x * x)
        for j in range(k - 1):
            previous, current = current, -2.0 * x * current - 2.0 * j * previous
        return current

    def taylor(self, k: int) -> float:
        if k % 2 == 0:
            return 0.0
        j = k // 2
        return 2.0 / sqrt(pi) * (-1) ** j * factorial(2 * j) / factorial(j)

    def terms(self, k: int) -> Terms | None:
        if k == 0:
            return Term(2.0, gates=(Gate(sqrt(2.0)),)), Term(-1.0)
        return times(2.0 / sqrt(pi), bell(1.0, k - 1))

    def bound(self) -> Bound | None:
        # Cramér: |H_k(x)| exp(-x²/2) <= 1.0865 sqrt(2^k k!).
        return Bound(1.0, sqrt(0.5), Fraction(1, 2))
