"""Theorem 3.2: power weak correlations against strong linearity, under reparametrisations η -> n^ρ η.

The left side is m = n^μ with C^{D,d} = O(m^{-d/2}), the right one F - F_lin = O(n^ρ / m) for every ρ. Both are read as
the largest μ; the theorem says that they are positive together. Only ρ <= 0 counts: beyond, the kernel grows, and the
learning rate is above η_the for every large n. Those rows have one step, since more of them diverge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tp.statistics.verdict import Verdict
from tp.studies.judging import QuantityResult

RHOS = (Fraction(-1, 2), Fraction(-1, 4), Fraction(1, 4))
"""The reparametrisations beside ρ = 0 that are looked at if none are named."""


@dataclass(frozen=True, slots=True)
class Reparametrised:
    """``deviation`` is F - F_lin after ``steps`` steps under η -> n^ρ η."""

    rho: Fraction
    steps: int
    deviation: QuantityResult

    @property
    def settled(self) -> bool:
        q = self.deviation
        return q.known and q.judgement.verdict is Verdict.CONFIRMED

    @property
    def power(self) -> Fraction | None:
        """The largest μ that F - F_lin = O(n^{ρ - μ}) allows; None for every one."""
        return None if self.deviation.predicted is None else self.rho - self.deviation.predicted


@dataclass(frozen=True, slots=True)
class Strong:
    """``power`` is μ of the correlations (None: they vanish), and ``most`` what it may be where that is a bound.

    ``confirmed`` says whether what was measured supports it, ``speaks`` whether the theorem speaks of the program.
    """

    power: Fraction | None
    most: Fraction | None
    binding: str | None
    confirmed: bool
    rows: tuple[Reparametrised, ...]
    speaks: bool = True

    @property
    def counted(self) -> tuple[Reparametrised, ...]:
        return tuple(r for r in self.rows if r.rho <= 0)

    @property
    def linear(self) -> Fraction | None:
        """The largest μ of strong linearity over the ρ that count; None for every one."""
        found = [r.power for r in self.counted if r.power is not None]
        return min(found) if found else None

    @property
    def agreement(self) -> str:
        """In words; "undecided" where a prediction is not supported, or where only a bound of μ is known."""
        if not self.speaks:
            return "does not apply"
        if not self.confirmed or not all(r.settled for r in self.counted):
            return "undecided"
        left, linear = self.power, self.linear
        weak = left is None or left > 0
        if not weak and (self.most is None or self.most > 0):
            return "undecided"
        if weak != (linear is None or linear > 0):
            return "disagree"
        # Linearity with a larger m than the correlations have is no contradiction: both are bounds.
        return "agree" if not weak or linear is None or (left is not None and linear >= left) else "disagree"


def supported(left: Sequence[QuantityResult]) -> bool:
    """Are all predictions of the correlations confirmed?"""
    return all(q.judgement.verdict is Verdict.CONFIRMED for q in left)
