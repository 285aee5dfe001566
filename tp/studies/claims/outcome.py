"""The answer to a claim without its negation."""

from __future__ import annotations

from dataclasses import dataclass

from tp.answer import Answer
from tp.studies.claims.rule import Finding


@dataclass(frozen=True, slots=True)
class Outcome:
    """``findings`` are those of the inequalities that decide it. ``settled``: measurements support the answer."""

    answer: Answer
    reason: str
    findings: tuple[Finding, ...] = ()
    settled: bool = False

    @staticmethod
    def named(answer: Answer, found: tuple[Finding, ...], *, settled: bool = False) -> Outcome:
        """The outcome that follows from ``found``, whose reasons are given."""
        return Outcome(answer, "; ".join(f.reason for f in found), found, settled)
