"""What ``tp linearize`` finds: both sides of the paper's theorems, curves, critical rates and claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tp.answer import Answer, all_of
from tp.exit_code import ExitCode
from tp.experiments.training.schedule import Schedule
from tp.printable import Printable
from tp.statistics.estimate import Estimate
from tp.statistics.verdict import Verdict
from tp.studies.claims.evaluate import ClaimResult
from tp.studies.curves import Curve
from tp.studies.judging import QuantityResult
from tp.studies.linearize.along import AlongRuns
from tp.studies.linearize.corollary_4_0_1 import Decay
from tp.studies.linearize.critical_rates import Critical
from tp.studies.linearize.theorem_3_1 import Theorem31
from tp.studies.linearize.theorem_3_2 import Theorem32
from tp.studies.provenance import Provenance


@dataclass(frozen=True, slots=True, repr=False)
class Linearization(Printable):
    """The theorems of the paper for one program.

    ``hessian`` is the norm of ∇²F over that of ∇F before and after a run (Liu, Zhu and Belkin). ``theorem_3_2`` is None
    where it was not asked for. ``diverged`` has by width the first step of a diverging run, counted from 1. ``along``
    has what runs show along their steps. ``tolerance`` is the size that quantities should stay below, where the width
    that this needs is asked for.
    """

    study = "linearize"

    schedule: Schedule
    theorem_3_1: Theorem31
    hessian: tuple[QuantityResult, ...]
    theorem_3_2: Theorem32 | None
    claims: tuple[ClaimResult, ...]
    diverged: Mapping[int, int]
    assumptions: tuple[str, ...]
    provenance: Provenance
    along: AlongRuns = field(default_factory=AlongRuns, compare=False)
    tolerance: float | None = None

    @property
    def by_step(self) -> Mapping[str, tuple[Estimate | None, ...]]:
        """Exponents of n by quantity, after every look but that at step 0."""
        return self.along.by_step

    @property
    def curves(self) -> tuple[Curve, ...]:
        """Medians over runs, by width."""
        return self.along.curves

    @property
    def critical(self) -> tuple[Critical, ...]:
        """Critical learning rates, by width."""
        return self.along.critical

    @property
    def corollary(self) -> tuple[Decay, ...]:
        """What runs show of corollary 4.0.1, by width."""
        return self.along.corollary

    @property
    def rows(self) -> list[QuantityResult]:
        """Everything that was measured and judged."""
        strong = [] if self.theorem_3_2 is None else [r.deviation for r in self.theorem_3_2.rows]
        return [*self.theorem_3_1.left, *self.theorem_3_1.right, *self.hessian, *strong]

    @property
    def undecided(self) -> tuple[str, ...]:
        """The quantities with a prediction whose measurement is undecided."""
        found = (q.name for q in self.rows if q.known and q.judgement.verdict is Verdict.UNDECIDED)
        return tuple(dict.fromkeys(found))

    @property
    def next_budget(self) -> str:
        """A budget to go on with, such as "5m", where this one ended with something undecided; else empty."""
        return self.provenance.next_budget(self.undecided)

    @property
    def exit_code(self) -> ExitCode:
        """HOLDS: both sides agree; FAILS: they disagree, a prediction is refuted or a claim fails; else UNDECIDED."""
        rows = self.rows
        answers = [self.theorem_3_1.answer, *(claim.answer for claim in self.claims)]
        if self.theorem_3_2 is not None:
            answers.append(self.theorem_3_2.answer)
        if any(q.judgement.verdict is Verdict.REFUTED for q in rows):
            answers.append(Answer.NO)
        if self.provenance.interrupted:
            answers.append(Answer.UNDECIDED)
        codes = {Answer.YES: ExitCode.HOLDS, Answer.NO: ExitCode.FAILS}
        return codes.get(all_of(answers), ExitCode.UNDECIDED)
