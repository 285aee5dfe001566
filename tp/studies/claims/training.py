"""Claims about the regime: theory decides, unless something that the same run measured contradicts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims.evidence import Evidence, Training
from tp.claims.trained import Row, TrainingClaim
from tp.quantities.definitions import DEVIATION, SEEN
from tp.statistics.verdict import Verdict
from tp.studies.claims.outcome import Outcome
from tp.studies.claims.rule import decided
from tp.studies.claims.support import Measured, contradicts

if TYPE_CHECKING:
    from tp.program import Claim

SIZES = ("ill-normalised", "unstable", "feature learning")
"""The regimes that rest on something being as large as predicted."""


def trained(claim: Claim, kind: TrainingClaim, evidence: Evidence, measured: Mapping[str, Measured]) -> Outcome:
    """The outcome of ``claim`` without its negation.

    It fails where a run violates what it implies. It is undecided where a prediction is refuted, or where something is
    smaller than predicted and the regime rests on sizes. It is confirmed where F - F_lin and all else that it implies
    is.
    """
    theory = evidence.training
    if theory is None:
        return Outcome(Answer.UNDECIDED, "needs the orders of training")
    rows = {name: row for name in measured if (row := sort_of(name)) is not None}
    found = tuple(decided(p, evidence.order(p.quantity), measured[p.quantity]) for p in kind.implied(rows))
    if violated := tuple(f for f in found if f.answer is Answer.NO and f.confirmed):
        return Outcome.named(Answer.NO, violated, settled=True)
    against = _against(theory, evidence, measured)
    if against is not None:
        return Outcome(Answer.UNDECIDED, against)
    answer, reason = kind.judge(claim, theory)
    if answer is not Answer.YES:
        return Outcome(answer, reason)
    complete = kind.confirmable and any(f.quantity == DEVIATION for f in found) and all(f.confirmed for f in found)
    return Outcome(answer, reason, found, complete)


def _against(theory: Training, evidence: Evidence, measured: Mapping[str, Measured]) -> str | None:
    """What contradicts the orders that the regime rests on, as a sentence; None if nothing does."""
    for name, m in measured.items():
        if m.judgement.verdict is Verdict.REFUTED:
            return f"the prediction for {name} is refuted by the measurement"
        rests = name == "kernel" or theory.regime in SIZES
        said = contradicts(evidence.order(name), m) if rests else None
        if said is not None:
            return f"{name} {said}"
    return None


def sort_of(name: str) -> Row | None:
    """What the measured quantity called ``name`` is for training."""
    from tp.experiments.training.observables import KERNEL, moved

    if name == "F":
        return Row.OUTPUT
    if name in (DEVIATION, SEEN):
        return Row.DEVIATION
    if name == KERNEL:
        return Row.DRIFT
    return Row.MOVE if name.startswith(moved("")) else None
