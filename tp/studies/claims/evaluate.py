"""The outcome of a claim, from theory and from everything that one run measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims import known
from tp.claims.evidence import Evidence
from tp.claims.kind import ClaimKind
from tp.claims.limit import LimitClaim
from tp.claims.trained import TrainingClaim
from tp.quantities.definitions import is_quantity
from tp.statistics.verdict import Verdict
from tp.studies.claims.evidence import UP_TO
from tp.studies.claims.limit import limited
from tp.studies.claims.outcome import Outcome
from tp.studies.claims.rule import Finding, decided
from tp.studies.claims.support import Measured
from tp.studies.claims.training import trained

if TYPE_CHECKING:
    from tp.program import Claim, Program
    from tp.theory.predicted_size import PredictedSize


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """The outcome of a claim. ``confirmed``: it holds, and every measurement that it involves supports it.

    ``involved`` are the quantities that decide it, ``open`` those of them that were measured without supporting it.
    ``line`` and ``column`` say where it begins; None: it was not read from a text.
    """

    text: str
    line: int | None
    answer: Answer
    confirmed: bool
    reason: str
    involved: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    column: int | None = None

    @property
    def outcome(self) -> str:
        """``holds``, ``fails`` or ``undecided``."""
        return self.answer.worded("holds", "fails")


def only_output(program: Program) -> str | None:
    """The name of the output if there is only one, which F then means; otherwise None."""
    outputs = list(program.graph.outputs)
    return outputs[0] if len(outputs) == 1 else None


def outcomes(
    claims: Sequence[Claim],
    evidence: Evidence,
    measured: Mapping[str, Measured],
    output: str | None,
    sizes: Mapping[str, PredictedSize] | None = None,
) -> tuple[ClaimResult, ...]:
    """:func:`evaluate` for each of ``claims``; ``measured`` is everything that the run measured, by quantity."""
    return tuple(evaluate(claim, evidence, measured, output, sizes) for claim in claims)


def evaluate(
    claim: Claim,
    evidence: Evidence,
    measured: Mapping[str, Measured],
    output: str | None,
    sizes: Mapping[str, PredictedSize] | None = None,
) -> ClaimResult:
    """Decide ``claim`` by theory and by all that was ``measured``; ``sizes`` are predicted at the inputs of the run.

    Inequalities are decided one by one, by :mod:`tp.studies.claims.rule`, and a negated claim has the opposite answer.
    A claim about training or about correlations of all orders does not hold, and does not fail by theory, beside
    another refuted prediction: it rests on the calculus of the whole program.
    """
    kind = known()[claim.kind]
    if isinstance(kind, TrainingClaim):
        found = trained(claim, kind, evidence, measured)
    elif isinstance(kind, LimitClaim):
        (part,) = kind.inequalities(claim, output)
        name = part.quantity
        found = limited(claim, part, evidence.order(name), measured.get(name), (sizes or {}).get(name))
    else:
        found = _of_inequalities(claim, kind, evidence, measured, output)
    answer = ~found.answer if claim.negated else found.answer
    line, column = (claim.span.line, claim.span.column) if claim.span else (None, None)
    involved = tuple(f.quantity for f in found.findings)
    open_ = tuple(f.quantity for f in found.findings if f.measured and not f.confirmed)
    confirmed = answer is Answer.YES and found.settled
    return ClaimResult(claim.text, line, answer, confirmed, found.reason, involved, open_, column)


def _of_inequalities(
    claim: Claim, kind: ClaimKind, evidence: Evidence, measured: Mapping[str, Measured], output: str | None
) -> Outcome:
    """All of the inequalities hold, or one of them fails, or the first doubts are named."""
    parts = kind.examined(claim, evidence, output)
    found = tuple(decided(part, evidence.order(part.quantity), measured.get(part.quantity)) for part in parts)
    if failing := _with(found, Answer.NO):
        settled = tuple(f for f in failing if f.confirmed)
        return Outcome.named(Answer.NO, settled or failing, settled=bool(settled))
    if open_ := _with(found, Answer.UNDECIDED):
        return Outcome.named(Answer.UNDECIDED, open_)
    if (kind.trains or kind.all_orders is not None) and (other := _refuted(measured, kind)):
        return Outcome(Answer.UNDECIDED, f"the prediction for {other} is refuted by the measurement", found)
    reason = found[0].reason if len(found) == 1 else f"all {len(found)} predictions satisfy it"
    answer = Answer.YES
    if kind.all_orders is not None:
        strength = evidence.strength(kind.all_orders, claim.exponent or Fraction(0))
        answer, reason = strength or (answer, f"{reason}, {UP_TO}")
    seen = [f.confirmed for f in found if f.measured]
    return Outcome(answer, reason, found, settled=answer is Answer.YES and bool(seen) and all(seen))


def _with(found: Sequence[Finding], answer: Answer) -> tuple[Finding, ...]:
    return tuple(f for f in found if f.answer is answer)


def _refuted(measured: Mapping[str, Measured], kind: ClaimKind) -> str | None:
    """The first refuted prediction that ``kind`` rests on: of correlations, or of anything for training."""
    refuted = (name for name, m in measured.items() if m.judgement.verdict is Verdict.REFUTED)
    return next((name for name in refuted if kind.trains or is_quantity(name)), None)
