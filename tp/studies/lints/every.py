"""All lints of a program, without those that its comments allow."""

from __future__ import annotations

from tp.diagnostics.allowed import LINTED, without_allowed
from tp.diagnostics.diagnostic import Diagnostic
from tp.diagnostics.merging import merged
from tp.program import Program
from tp.studies.lints import finite_axes, sizes, theorems, weak_claims
from tp.studies.lints.subject import Subject
from tp.syntax.allowing import allowances

_LINTS = (sizes, finite_axes, theorems, weak_claims)


def lints(program: Program) -> tuple[Diagnostic, ...]:
    """What is probably not meant, in the order of the lines; without what reading the program warns of."""
    subject = Subject(program)
    found = [diagnostic for lint in _LINTS for diagnostic in lint.found(subject)]
    allowed = allowances(program.source, program.file, program.imported)
    kept = merged(without_allowed(found, allowed, LINTED, program.file))
    return tuple(sorted(kept, key=lambda d: (d.span.line, d.span.column) if d.span is not None else (0, 0)))
