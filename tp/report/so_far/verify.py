"""``tp verify`` so far."""

from __future__ import annotations

from tp.report.document import Section
from tp.report.so_far.rows import claims, rows, verdicts
from tp.studies.verify import Verification


def sections(result: Verification) -> tuple[Section, ...]:
    return (Section("", (rows(result.quantities), claims(result.claims))),)


def line(result: Verification) -> str:
    return "; ".join(filter(None, (verdicts(result.quantities), claims(result.claims).text)))
