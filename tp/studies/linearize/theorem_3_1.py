"""Theorem 3.1: correlations decay with the width if and only if training follows the linear model.

The left side is correlations of derivatives at initialisation. The right side is deviations after a fixed number of
steps. A side decays where all of its quantities are measured to decay as predicted. It does not decay where one of them
is predicted, and confirmed, not to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.experiments.training.observables import HESSIAN_DRIFT
from tp.statistics.verdict import Verdict
from tp.studies.judging import QuantityResult
from tp.studies.meaning import descends

if TYPE_CHECKING:
    from tp.optimizers import Optimizer
    from tp.theory.regime import Condition

CORRELATIONS = ("kernel", "C[0,2]", "C[0,3]", "C[1,1]")
"""The left side. If those after the kernel decay, all other measured correlations do (docs/calculus.md)."""


@dataclass(frozen=True, slots=True)
class Theorem31:
    """Both sides. ``premises`` are the conditions of a properly normalised system.

    ``speaks``: whether the theorem applies, that is, all premises hold and training is gradient descent (eq. 10).
    """

    left: tuple[QuantityResult, ...]
    right: tuple[QuantityResult, ...]
    premises: tuple[Condition, ...]
    speaks: bool

    @property
    def weak(self) -> Answer:
        """Whether the correlations decay."""
        return _decay([q for q in self.left if q.name != "kernel"])

    @property
    def linear(self) -> Answer:
        """Whether the deviations decay.

        Norms of second derivatives have logarithms of n in them, and their slopes stay open for long. Where they are
        open, the others decide (:attr:`examined` says so).
        """
        return _decay([q for q in self.right if q.name != HESSIAN_DRIFT or _settled(q)])

    @property
    def examined(self) -> int:
        """The largest D such that deviations of ∇^D F count in :attr:`linear`."""
        return 2 if any(q.name == HESSIAN_DRIFT and _settled(q) for q in self.right) else 1

    @property
    def answer(self) -> Answer:
        """Whether the two sides agree."""
        if not self.speaks:
            return Answer.DOES_NOT_APPLY
        if Answer.UNDECIDED in (self.weak, self.linear):
            return Answer.UNDECIDED
        return Answer.of(self.weak is self.linear)

    @property
    def outcome(self) -> str:
        """The :attr:`answer` as text: agree, disagree, undecided or does not apply."""
        return self.answer.worded("agree", "disagree")


def speaks(premises: Sequence[Condition], optimizer: Optimizer) -> bool:
    """Whether the paper's theorems apply to training with ``optimizer`` under these ``premises``."""
    return descends(optimizer) and all(c.holds for c in premises)


def _decay(rows: Sequence[QuantityResult]) -> Answer:
    if any(map(_stays, rows)):
        return Answer.NO
    return Answer.YES if all(map(_falls, rows)) else Answer.UNDECIDED


def _settled(q: QuantityResult) -> bool:
    return _decay([q]) is not Answer.UNDECIDED


def _stays(q: QuantityResult) -> bool:
    """Whether it is predicted, and confirmed, not to decay."""
    confirmed = q.known and q.judgement.verdict is Verdict.CONFIRMED
    return confirmed and q.predicted is not None and q.predicted >= 0


def _falls(q: QuantityResult) -> bool:
    """Whether it vanishes identically, or falls with its whole interval, as predicted or faster."""
    if not q.known or q.judgement.verdict not in (Verdict.CONFIRMED, Verdict.CONSISTENT, Verdict.LOOSE):
        return False
    if q.predicted is None:
        return q.judgement.verdict is Verdict.CONFIRMED
    return q.fit is not None and q.fit.late is not None and q.fit.late.overall.high < 0
