"""Theorem 3.2: power weak correlations against strong linearity, under reparametrisations η -> n^ρ η.

The left side is m = n^μ with C^{D,d} = O(m^{-d/2}), the right one F - F_lin = O(n^ρ / m) for every ρ. Both are summed
up by the largest μ; the theorem says that they are positive together. Only ρ <= 0 counts: for ρ > 0 the kernel grows,
and the learning rate is above η_the for every large n. Runs with ρ > 0 have one step, since more of them diverge.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.experiments.training.schedule import Schedule, reparametrized
from tp.quantities.definitions import DEVIATION
from tp.sampling.sweep import Sweep
from tp.statistics.verdict import Verdict
from tp.studies.judging import QuantityResult
from tp.studies.linearize.deviations import Drawing, after_all, deviations
from tp.studies.linearize.expected import expected
from tp.studies.train import trainer_of

if TYPE_CHECKING:
    from tp.program import Program
    from tp.theory.weak_correlations import Strength

RHOS = (Fraction(-1, 2), Fraction(-1, 4), Fraction(1, 4))
"""The values of ρ, besides 0, for ``--strong usual``."""


@dataclass(frozen=True, slots=True)
class Reparametrised:
    """``deviation`` is F - F_lin after ``steps`` steps under η -> n^ρ η."""

    rho: Fraction
    steps: int
    deviation: QuantityResult

    @property
    def settled(self) -> bool:
        q = self.deviation
        return q.known and q.judgement.verdict in (Verdict.CONFIRMED, Verdict.CONSISTENT)

    @property
    def power(self) -> Fraction | None:
        """The largest μ with F - F_lin = O(n^{ρ - μ}); None if F - F_lin vanishes, so that there is no largest."""
        return None if self.deviation.predicted is None else self.rho - self.deviation.predicted


@dataclass(frozen=True, slots=True)
class Theorem32:
    """Both sides: the exponent μ of the correlations, and ``rows`` of F - F_lin by ρ.

    ``power`` is μ (None: the correlations vanish), and ``most`` what it may be where it is a bound. ``binding`` is the
    correlation that allows no more. ``confirmed`` says whether measurements support all predictions of correlations,
    and ``speaks`` whether the theorem applies to the program.
    """

    power: Fraction | None
    most: Fraction | None
    binding: str | None
    confirmed: bool
    rows: tuple[Reparametrised, ...]
    speaks: bool = True

    @property
    def counted(self) -> tuple[Reparametrised, ...]:
        """The rows with ρ <= 0."""
        return tuple(r for r in self.rows if r.rho <= 0)

    @property
    def linear(self) -> Fraction | None:
        """The largest μ for which strong linearity holds at all ρ <= 0; None if there is no largest."""
        found = [r.power for r in self.counted if r.power is not None]
        return min(found) if found else None

    @property
    def answer(self) -> Answer:
        """Whether both sides agree; undecided where a prediction is not supported, or only a bound of μ is known."""
        if not self.speaks:
            return Answer.DOES_NOT_APPLY
        if not self.confirmed or not all(r.settled for r in self.counted):
            return Answer.UNDECIDED
        left, linear = self.power, self.linear
        weak = left is None or left > 0
        if not weak and (self.most is None or self.most > 0):
            return Answer.UNDECIDED
        if weak != (linear is None or linear > 0):
            return Answer.NO
        # Linearity with a larger m than the correlations have is no contradiction: both are bounds.
        return Answer.of(not weak or linear is None or (left is not None and linear >= left))

    @property
    def outcome(self) -> str:
        """The :attr:`answer` as text: agree, disagree, undecided or does not apply."""
        return self.answer.worded("agree", "disagree")


def theorem_3_2(
    strength: Strength | None, left: Sequence[QuantityResult], rows: Sequence[Reparametrised], speaks: bool
) -> Theorem32:
    """From the ``strength`` of the correlations (None: they vanish), what was measured of them, and ``rows``."""
    confirmed = all(q.judgement.verdict is Verdict.CONFIRMED for q in left)
    if strength is None:
        return Theorem32(None, None, None, confirmed, tuple(rows), speaks)
    binding = None if strength.binding is None else "C[{},{}]".format(*strength.binding)
    return Theorem32(strength.power, strength.most, binding, confirmed, tuple(rows), speaks)


def reparametrised(
    program: Program, schedule: Schedule, own: QuantityResult, rhos: Collection[Fraction], drawing: Drawing
) -> tuple[list[Reparametrised], list[Sweep]]:
    """F - F_lin by ρ, and what was drawn for it: the ``own`` row of the schedule, and ``rhos`` until an interrupt."""
    rows, drawn = {schedule.rho: Reparametrised(schedule.rho, schedule.steps, own)}, list[Sweep]()
    for rho in sorted({*rhos} - {schedule.rho}):
        here = replace(schedule, rho=rho, steps=schedule.steps if rho <= 0 else 1)
        deviation, more = _deviation(program, here, drawing)
        rows[rho] = Reparametrised(rho, here.steps, deviation)
        drawn.append(more)
        if more.interrupted:
            break
    return [rows[rho] for rho in sorted(rows)], drawn


def _deviation(program: Program, schedule: Schedule, drawing: Drawing) -> tuple[QuantityResult, Sweep]:
    """F - F_lin of ``program`` after the reparametrisation of ``schedule``."""
    from tp.theory.analysis import Analysis

    changed = reparametrized(program, schedule)
    expects = expected(Analysis(changed.graph, (), schedule.mover), schedule, second=False)
    trainer = trainer_of(changed, schedule, drawing.data, drawing.plan.dtype)
    found = deviations(trainer, schedule, after_all(schedule, DEVIATION), expects.prediction, drawing)
    return found.rows[0], found.drawn
