"""What ``tp linearize`` finds: both sides of theorem 3.1, whether they agree, and everything beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tp.answer import Answer
from tp.exit_code import ExitCode
from tp.experiments.training.observables import HESSIAN_DRIFT
from tp.experiments.training.schedule import Schedule
from tp.printable import Printable
from tp.statistics.estimate import Estimate
from tp.statistics.verdict import Verdict
from tp.studies.claims.evaluate import ClaimResult
from tp.studies.curves import Curve
from tp.studies.judging import QuantityResult
from tp.studies.linearize.corollary_4_0_1 import Decay
from tp.studies.linearize.critical_rates import Critical
from tp.studies.linearize.theorem_3_2 import Strong
from tp.studies.provenance import Provenance
from tp.theory.regime import Condition


@dataclass(frozen=True, slots=True, repr=False)
class Linearization(Printable):
    """Both sides, and whether they agree.

    ``left`` are correlations, ``right`` deviations after training, ``hessian`` the norm of ∇²F over that of ∇F before
    and after (Liu, Zhu and Belkin). ``premises`` are the conditions of a properly normalised system, which the theorems
    speak of. ``by_step`` has exponents of n after every look but the first. ``diverged`` has the
    first step of a diverging run by width.
    """

    study = "linearize"

    schedule: Schedule
    left: tuple[QuantityResult, ...]
    right: tuple[QuantityResult, ...]
    hessian: tuple[QuantityResult, ...]
    premises: tuple[Condition, ...]
    by_step: Mapping[str, tuple[Estimate | None, ...]]
    curves: tuple[Curve, ...]
    critical: tuple[Critical, ...]
    corollary: tuple[Decay, ...]
    strong: Strong | None
    claims: tuple[ClaimResult, ...]
    diverged: Mapping[int, int]
    assumptions: tuple[str, ...]
    provenance: Provenance

    @property
    def weak(self) -> bool | None:
        """Do the correlations decay? None where that is open."""
        return _decay([q for q in self.left if q.name != "kernel"])

    @property
    def linear(self) -> bool | None:
        """Do the deviations decay? None where that is open.

        Norms of second derivatives have logarithms of n in them, and their slopes are open for long: where they are,
        the others decide (:attr:`examined` says so).
        """
        return _decay([q for q in self.right if q.name != HESSIAN_DRIFT or _decay([q]) is not None])

    @property
    def examined(self) -> int:
        """Up to which D deviations of ∇^D F count in :attr:`linear`."""
        return 2 if any(q.name == HESSIAN_DRIFT and _decay([q]) is not None for q in self.right) else 1

    @property
    def speaks(self) -> bool:
        """Do the theorems speak of these runs: properly normalised, and without weight decay (eq. 10)?"""
        return not self.schedule.optimizer.shrinks and all(c.holds for c in self.premises)

    @property
    def agreement(self) -> str:
        if not self.speaks:
            return "does not apply"
        if self.weak is None or self.linear is None:
            return "undecided"
        return "agree" if self.weak == self.linear else "disagree"

    @property
    def exit_code(self) -> ExitCode:
        """HOLDS: both sides agree; FAILS: they disagree, a prediction is refuted or a claim fails; else UNDECIDED."""
        agreements = [self.agreement, *([] if self.strong is None else [self.strong.agreement])]
        outcomes = [c.answer for c in self.claims]
        more = [] if self.strong is None else [r.deviation for r in self.strong.rows]
        rows = (*self.left, *self.right, *self.hessian, *more)
        refuted = any(q.judgement.verdict is Verdict.REFUTED for q in rows)
        if "disagree" in agreements or refuted or Answer.NO in outcomes:
            return ExitCode.FAILS
        settled = all(a == "agree" for a in agreements) and Answer.UNDECIDED not in outcomes
        return ExitCode.HOLDS if settled and not self.provenance.interrupted else ExitCode.UNDECIDED


def _decay(rows: Sequence[QuantityResult]) -> bool | None:
    """True where every quantity is shown to decay as predicted, or faster; False where one is confirmed not to."""
    if any(q.known and q.judgement.verdict is Verdict.CONFIRMED and _stays(q) for q in rows):
        return False
    return True if all(map(_decays, rows)) else None


def _stays(q: QuantityResult) -> bool:
    return q.predicted is not None and q.predicted >= 0


def _decays(q: QuantityResult) -> bool:
    """Does it vanish identically, or fall with its whole interval?"""
    if not q.known or q.judgement.verdict not in (Verdict.CONFIRMED, Verdict.LOOSE):
        return False
    if q.predicted is None:
        return q.judgement.verdict is Verdict.CONFIRMED
    return q.fit is not None and q.fit.late is not None and q.fit.late.overall.high < 0
