"""The outcomes of the claims of a program."""

from __future__ import annotations

from collections.abc import Iterable

from tp.report.cells import Shown, Text, Verdict
from tp.report.document import Table
from tp.report.fields import Field, table
from tp.studies.claims.evaluate import ClaimResult


def claims(found: Iterable[ClaimResult], file: str | None = None) -> Table:
    """A row for each claim, at its line: of ``file``, where that is given."""

    def line(claim: ClaimResult) -> str:
        return ":".join(str(part) for part in (file, claim.line) if part is not None)

    fields: tuple[Field[ClaimResult], ...] = (
        Field("line", "line", lambda c: Shown(line(c), c.line)),
        Field("claim", "text", lambda c: Text(c.text)),
        Field("outcome", "outcome", lambda c: Verdict(word(c), c.outcome)),
        Field("reason", "reason", lambda c: Text(c.reason)),
        Field(None, "confirmed", lambda c: Shown("", c.confirmed)),
        Field(None, "involved", lambda c: Shown("", list(c.involved))),
    )
    return table(fields, found, "claims", "claims of the program")


def word(claim: ClaimResult) -> str:
    """The outcome of a claim: ``holds`` by the calculus alone, ``confirmed`` where measurements support it as well."""
    return "confirmed" if claim.confirmed else claim.outcome
