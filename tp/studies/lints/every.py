"""All lints of a program, without those that its comments allow."""

from __future__ import annotations

from tp.diagnostics.allowed import LINTED, without_allowed
from tp.diagnostics.diagnostic import Diagnostic
from tp.diagnostics.merging import merged
from tp.program import Program
from tp.studies.lints import finite_axes, sizes, theorems, weak_claims
from tp.studies.lints.subject import Subject
from tp.syntax.allowing import allowances

_SCALES = (sizes, finite_axes)
_CLAIMS = (theorems, weak_claims)


def lints(program: Program) -> tuple[Diagnostic, ...]:
    """What is probably not meant, in the order of the lines; without the warnings from reading the program.

    Where a scale is wrong, orders are wrong as well. So claims and premises are examined only if there is no warning
    about scales, or all of them are allowed.
    """
    subject = Subject(program)
    allowed = allowances(program.source, program.file, program.imported)
    found = [diagnostic for lint in _SCALES for diagnostic in lint.found(subject)]
    if all(any(one.covers(diagnostic) for one in allowed) for diagnostic in found):
        judged = LINTED
        found += [diagnostic for lint in _CLAIMS for diagnostic in lint.found(subject)]
    else:
        judged = LINTED - {"TP812", "TP813"}
    kept = merged(without_allowed(found, allowed, judged, program.file))
    return tuple(sorted(kept, key=lambda d: (d.span.line, d.span.column) if d.span is not None else (0, 0)))
