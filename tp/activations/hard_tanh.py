"""The identity, cut off at -1 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.activations.base import Activation, Parity, Smoothness
from tp.gaussian.terms import Gate, Term, Terms, polynomial
from tp.namespace import namespace


@dataclass(frozen=True)
class HardTanh(Activation):
    """x between -1 and 1, and the nearer of the two elsewhere. The slope at -1 and 1 is taken to be 0, as PyTorch does.

    The kinks are away from 0, where it is the identity: Taylor series at 0 are exact, and end.
    """

    keyword: ClassVar[str] = "hard_tanh"
    smoothness: ClassVar[Smoothness] = Smoothness.PIECEWISE_LINEAR
    radius: ClassVar[float] = 0.0
    summary: ClassVar[str] = "x cut off at -1 and 1; odd, piecewise linear, bounded"
    formula: ClassVar[str] = r"\max(-1, \min(x, 1))"
    parity: ClassVar[Parity] = Parity.ODD
    least: ClassVar[float] = -1.0
    most: ClassVar[float] = 1.0
    keeps_sign: ClassVar[bool] = True

    def touches(self, k: int) -> Fraction | None:
        return Fraction(1 - k) if k <= 1 else None

    def masks(self, k: int) -> bool:
        return k == 1

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        if k == 0:
            return xp.clip(x, -1.0, 1.0)
        return (abs(x) < 1).astype(x.dtype) if k == 1 else xp.zeros_like(x)

    def breaks(self) -> tuple[float, ...]:
        return (-1.0, 1.0)

    def terms(self, k: int) -> Terms | None:
        """(x + 1) step(x + 1) - (x - 1) step(x - 1) - 1."""
        if self.vanishes(k):
            return ()
        # The slope is taken to be 0 at both ends: the step at 1 counts as taken there.
        ends = ((1.0, Gate(at=-1.0)), (-1.0, Gate(at=1.0, tie=1.0)))
        found = [t for sign, gate in ends for t in polynomial([sign, 1.0][k:], Term(sign, gates=(gate,)))]
        return (*found, Term(-1.0)) if k == 0 else tuple(found)

    def vanishes(self, k: int) -> bool:
        return k >= 2

    def jump(self) -> int | None:
        """The order of the lowest derivative that jumps."""
        return 1

    def taylor(self, k: int) -> float:
        return 1.0 if k == 1 else 0.0
