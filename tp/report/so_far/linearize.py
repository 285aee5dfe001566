"""``tp linearize`` so far."""

from __future__ import annotations

from tp.report.contents.linearize import descent
from tp.report.document import Section
from tp.report.so_far.rows import claims, rows, verdicts
from tp.studies.linearize.linearization import Linearization


def sections(result: Linearization) -> tuple[Section, ...]:
    both = result.theorem_3_1
    found = (
        ("correlations at initialisation", both.left),
        (f"after {result.schedule.steps} steps of {descent(result.schedule.mover)}", both.right),
        ("norm of the Hessian over that of the gradient", result.hessian),
    )
    return (
        *(Section(heading, (rows(quantities),)) for heading, quantities in found if quantities),
        Section("", (claims(result.claims),)),
    )


def line(result: Linearization) -> str:
    return "; ".join(filter(None, (verdicts(result.rows), claims(result.claims).text)))
