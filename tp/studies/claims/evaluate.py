"""The outcome of a claim, from theory and measurement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims import known
from tp.claims.evidence import Evidence
from tp.claims.inequality import Inequality
from tp.claims.initial import decide
from tp.claims.kind import ClaimKind, Decision
from tp.statistics.verdict import Verdict
from tp.studies.claims.evidence import UP_TO
from tp.studies.claims.support import Measured, supports, violates

if TYPE_CHECKING:
    from tp.program import Claim, Program


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """The outcome of a claim. ``confirmed``: it holds, and every measurement that it involves supports it.

    ``involved`` are the quantities that decide it, ``open`` those of them that were measured without supporting it.
    """

    text: str
    line: int | None
    answer: Answer
    confirmed: bool
    reason: str
    involved: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """``holds``, ``fails`` or ``undecided``."""
        return self.answer.worded("holds", "fails")


def only_output(program: Program) -> str | None:
    """The name of the output if there is only one, which F then means; otherwise None."""
    outputs = list(program.graph.outputs)
    return outputs[0] if len(outputs) == 1 else None


def evaluate(claim: Claim, evidence: Evidence, measured: Mapping[str, Measured], output: str | None) -> ClaimResult:
    """Decide ``claim`` by theory, and by whatever was ``measured`` of the quantities that it involves.

    Only theory makes a claim hold. A measurement confirms a claim that holds, or refutes a prediction that it rests on;
    then the claim fails or is undecided.
    """
    kind = known()[claim.kind]
    decision = kind.decide(claim, evidence, output)
    decision = _settled(claim, kind, evidence, decision, measured)
    if not decision.involved:
        parts = tuple(p for p in kind.supported_by(claim, evidence) if p.quantity in measured)
        decision = replace(decision, involved=parts)
    decision = _with_measured(claim, decision, measured)
    seen = [part for part in decision.involved if part.quantity in measured]
    unsupported = [p.quantity for p in seen if not _supported(claim, p, evidence, measured[p.quantity])]
    confirmed = decision.answer is Answer.YES and bool(seen) and not unsupported
    answer, reason = decision.answer, decision.reason
    if answer is Answer.YES and not claim.negated:
        answer, reason = _for_all_orders(claim, kind, evidence, reason)
        confirmed = confirmed and answer is Answer.YES
    line = claim.span.line if claim.span else None
    names = tuple(part.quantity for part in decision.involved)
    return ClaimResult(claim.text, line, answer, confirmed, reason, names, tuple(unsupported))


def _settled(
    claim: Claim, kind: ClaimKind, evidence: Evidence, decision: Decision, measured: Mapping[str, Measured]
) -> Decision:
    """For a negated claim that holds: only the inequalities that are confirmed to fail, if any; one is enough."""
    if not (claim.negated and decision.answer is Answer.YES):
        return decision
    parts = decision.involved
    settled = tuple(p for p in parts if p.quantity in measured and supports(p, measured[p.quantity], negated=True))
    if not settled:
        return decision
    return Decision(decision.answer, "; ".join(decide(part, evidence)[1] for part in settled), settled)


def _with_measured(claim: Claim, decision: Decision, measured: Mapping[str, Measured]) -> Decision:
    """``decision``, changed to no or undecided where a measurement contradicts a prediction that it rests on."""
    if decision.answer is not Answer.YES:
        return decision
    for part in decision.involved:
        if part.quantity not in measured:
            continue
        verdict = measured[part.quantity].judgement.verdict
        if verdict is Verdict.REFUTED:
            fails = not claim.negated and violates(part, measured[part.quantity].fit)
            reason = f"the prediction for {part.quantity} is refuted by the measurement"
            return replace(decision, answer=Answer.NO if fails else Answer.UNDECIDED, reason=reason)
        if verdict is Verdict.LOOSE and (claim.negated or part.relation == "Theta"):
            reason = f"{part.quantity} is smaller than predicted in the measurement"
            return replace(decision, answer=Answer.UNDECIDED, reason=reason)
    return decision


def _supported(claim: Claim, part: Inequality, evidence: Evidence, measured: Measured) -> bool:
    """Whether the measurement supports ``part``: a confirmed prediction that violates an upper bound does not."""
    if not claim.negated and part.relation == "O" and decide(part, evidence)[0] is not Answer.YES:
        return False
    return supports(part, measured, negated=claim.negated)


def _for_all_orders(claim: Claim, kind: ClaimKind, evidence: Evidence, reason: str) -> tuple[Answer, str]:
    """The answer for all orders (D, d), for a claim that holds for the orders that are examined one by one."""
    if kind.all_orders is None:
        return Answer.YES, reason
    found = evidence.strength(kind.all_orders, claim.exponent or Fraction(0))
    return found or (Answer.YES, f"{reason}, {UP_TO}")


def outcomes(
    claims: Sequence[Claim], evidence: Evidence, measured: Mapping[str, Measured], output: str | None
) -> tuple[ClaimResult, ...]:
    """:func:`evaluate` for each of ``claims``."""
    return tuple(evaluate(claim, evidence, measured, output) for claim in claims)
