"""The report on a program that was checked, or could not run: its diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from tp.diagnostics.diagnostic import Diagnostic, Severity
from tp.diagnostics.json import as_dict
from tp.diagnostics.sources import Sources
from tp.exit_code import ExitCode
from tp.report.check import PROGRAM, Check
from tp.report.contents.provenance import named
from tp.report.document import Data, Document, Line, Notes, Section


class Found(Protocol):
    """Diagnostics about one program."""

    @property
    def program(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def diagnostics(self) -> Sequence[Diagnostic]: ...
    @property
    def sources(self) -> Mapping[str, str]: ...
    @property
    def strict(self) -> bool: ...
    @property
    def exit_code(self) -> ExitCode: ...


def document(found: Found) -> Document:
    said = tuple(f"{d.severity.value}[{d.code}]: {d.message}" for d in found.diagnostics)
    data = Data("diagnostics", [as_dict(d) for d in found.diagnostics])
    checks = tuple(_checks(found)) or (_fine(found),)
    return Document(
        Line(named(found.program, found.file), " "),
        (Section("", (Notes(said), data, Data("exit_code", int(found.exit_code)))),),
        checks,
    )


def _fine(found: Found) -> Check:
    name = f"{found.program or found.file} is well formed"
    return Check(name, "fine", "no errors and no warnings", PROGRAM, found.file)


def _checks(found: Found) -> Iterator[Check]:
    """A check for each diagnostic, at its place; the other places and the hint are in the message."""
    sources = Sources(found.sources)
    for one in found.diagnostics:
        message = "; ".join(
            [
                one.message,
                *(f"{label.span}: {label.message}" for label in one.labels),
                *((f"hint: {one.hint}",) if one.hint else ()),
            ]
        )
        verdict = "refused" if found.strict and one.severity is Severity.WARNING else one.severity.value
        span = one.span
        if span is None:
            yield Check(one.code, verdict, message, one.code, found.file)
        else:
            end = span.end_line, span.end_column
            units = sources.units(span)
            name = f"{one.code} at {span.line}:{span.column}"
            yield Check(name, verdict, message, one.code, span.file, span.line, span.column, end, units)
