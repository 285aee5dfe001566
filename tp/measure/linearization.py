"""What ``tp linearize`` finds: both sides of theorem 3.1, whether they agree, and everything beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tp.asymptotics.verdict import Estimate
from tp.correlations.regime import Condition
from tp.measure.claims import ClaimResult
from tp.measure.corollary import Decay
from tp.measure.critical import Critical
from tp.measure.curves import Curve
from tp.measure.judging import QuantityResult
from tp.measure.outcome import Outcome
from tp.measure.schedule import Schedule
from tp.measure.strong import Strong
from tp.measure.verdict import Verdict
from tp.training.numbers import HESSIAN_DRIFT


@dataclass(frozen=True, slots=True)
class Linearization:
    """Both sides, and whether they agree.

    ``left`` are correlations, ``right`` deviations after training, ``hessian`` the norm of ∇²F over that of ∇F before
    and after (Liu, Zhu and Belkin). ``premises`` are the conditions of a properly normalised system, which the theorems
    speak of. ``by_step`` has exponents of n after every look but the first. ``diverged`` has the
    first step of a diverging run by width.
    """

    program: str
    file: str
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
    widths: tuple[int, ...]
    dtype: str
    engines: Mapping[int, str]
    interrupted: bool
    cells: int
    stored: int

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
    def agreement(self) -> str:
        if self.weak is None or self.linear is None:
            return "undecided"
        return "agree" if self.weak == self.linear else "disagree"

    @property
    def exit_code(self) -> int:
        """0: both sides are decided and agree; 1: they do not, a prediction is refuted, a claim fails; 3: undecided."""
        agreements = [self.agreement, *([] if self.strong is None else [self.strong.agreement])]
        outcomes = [c.outcome for c in self.claims]
        rows = (*self.left, *self.right, *self.hessian)
        refuted = any(q.judgement.verdict is Verdict.REFUTED for q in rows)
        if "disagree" in agreements or refuted or Outcome.FAILS in outcomes:
            return 1
        return 3 if self.interrupted or "undecided" in agreements or Outcome.UNDECIDED in outcomes else 0


def _decay(rows: Sequence[QuantityResult]) -> bool | None:
    """True where every quantity is confirmed to decay, False where one is confirmed, or shown, not to."""
    decided = [q for q in rows if q.known and q.judgement.verdict in (Verdict.CONFIRMED, Verdict.LOOSE)]
    if any(q.judgement.verdict is Verdict.CONFIRMED and q.predicted is not None and q.predicted >= 0 for q in decided):
        return False
    return True if len(decided) == len(rows) else None
