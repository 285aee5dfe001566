"""Programs that were checked only, could not run, or were not come to, as results beside those of studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tp.diagnostics.diagnostic import Severity
from tp.exit_code import ExitCode
from tp.printable import Printable

if TYPE_CHECKING:
    from tp.diagnostics.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True, repr=False)
class Diagnosed(Printable):
    """What was found in a program that was not run, or could not be; none found: it is fine.

    ``program`` is its name, empty where it is not known. ``file`` is empty where a command could not run at all.
    ``sources`` has the texts that are in no file. ``strict``: warnings count as failures.
    """

    study = "diagnosed"

    diagnostics: Sequence[Diagnostic]
    program: str = ""
    file: str = ""
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    strict: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """CANNOT_RUN where there is an error; FAILS where there are warnings that count; else HOLDS."""
        found = {diagnostic.severity for diagnostic in self.diagnostics}
        if Severity.ERROR in found:
            return ExitCode.CANNOT_RUN
        return ExitCode.FAILS if self.strict and Severity.WARNING in found else ExitCode.HOLDS


@dataclass(frozen=True, slots=True, repr=False)
class Unfinished(Printable):
    """A program of which nothing is known, since the command ended before; ``why`` says what ended it."""

    study = "unfinished"

    program: str = ""
    file: str = ""
    why: str = "interrupted before anything was known"

    @property
    def exit_code(self) -> ExitCode:
        """UNDECIDED."""
        return ExitCode.UNDECIDED


@dataclass(frozen=True, slots=True, repr=False)
class Summary(Printable):
    """A row for each of several ``results`` of one command: its verdicts counted, and its exit code."""

    study = "summary"

    results: Sequence[Any]
