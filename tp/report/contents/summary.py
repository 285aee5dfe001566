"""A table of several programs: the verdicts on each counted, and its exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tp.exit_code import ExitCode, worst
from tp.report.cells import Shown, Text
from tp.report.check import CLAIM, QUANTITY, THEOREM, Check, Level, counted
from tp.report.contents import document as document_of
from tp.report.document import Document, Fact, Line, Section
from tp.report.fields import Field, table


class Several(Protocol):
    """The results of several programs."""

    @property
    def results(self) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One program: its title, its checks and its exit code."""

    program: str
    checks: tuple[Check, ...]
    code: ExitCode

    def counted(self, rule: str) -> str:
        """How often each verdict is among the checks of a kind: ``5 confirmed, 1 undecided``."""
        return counted(check for check in self.checks if check.rule == rule)

    @property
    def problem(self) -> str:
        """Why there are no verdicts, or not all."""
        errors = [check.rule for check in self.checks if check.level is Level.ERROR]
        if errors:
            return f"could not run: {', '.join(dict.fromkeys(errors))}"
        return next((check.message for check in self.checks if check.name.startswith("all of ")), "")


FIELDS: tuple[Field[Row], ...] = (
    Field("program", "program", lambda row: Text(row.program)),
    Field("claims", "claims", lambda row: Text(row.counted(CLAIM))),
    Field("theorems", "theorems", lambda row: Text(row.counted(THEOREM))),
    Field("quantities", "quantities", lambda row: Text(row.counted(QUANTITY))),
    Field("exit code", "exit_code", lambda row: Shown(str(int(row.code)), int(row.code))),
    Field("", "problem", lambda row: Text(row.problem)),
)


def document(found: Several) -> Document:
    """A row for each program; columns that are empty in all rows are left out."""
    rows = [_row(result) for result in found.results]
    fields = [field for field in FIELDS if any(field.cell(row).text for row in rows)]
    code = worst(row.code for row in rows)
    every = Line((Fact(f"{len(rows)} programs; exit code {int(code)}", "exit_code", int(code)),))
    return Document(Line((Fact("summary"),)), (Section("", (table(fields, rows, "programs", "programs"), every)),))


def _row(result: Any) -> Row:
    found = document_of(result)
    title = " ".join(fact.text for fact in found.title.facts[:2] if fact.text)
    return Row(title, found.checks, result.exit_code)
