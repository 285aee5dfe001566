"""Warnings that a text allows: ``# tp: allow CODE`` says that what a warning is about is meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tp.diagnostics.diagnostic import Diagnostic, Severity
from tp.diagnostics.span import Span

CHECKED = frozenset({"TP801", "TP802", "TP803", "TP804", "TP805", "TP806"})
"""The warnings that reading a program gives."""
LINTED = frozenset({"TP807", "TP808", "TP809", "TP810", "TP811", "TP812", "TP813"})
"""The warnings that need the order calculus; ``tp lint`` looks for them."""
UNUSED = "TP814"
"""The warning about a comment that allows nothing."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One code in a comment at ``span``: what stands on ``line`` may have it; None: whatever stands in its file.

    ``own``: its file is that of the program, so that None stands for what the program imports as well.
    """

    code: str
    span: Span
    line: int | None
    own: bool

    def covers(self, found: Diagnostic) -> bool:
        """Whether ``found`` has this code, and begins or ends on the line.

        What stands in an imported file may be allowed where it is used: at the other places that ``found`` names.
        """
        if found.code != self.code or found.span is None:
            return False
        if self.line is None:
            return self.own or found.span.file == self.span.file
        elsewhere = self.own and found.span.file != self.span.file
        places = [label.span for label in found.labels] if elsewhere else [found.span]
        return any(p.file == self.span.file and self.line in (p.line, p.end_line) for p in places)


def without_allowed(
    found: Iterable[Diagnostic], allowed: Sequence[Allowance], judged: Collection[str], file: str
) -> list[Diagnostic]:
    """``found`` without what is allowed, and a warning for each allowance in ``file`` that was not needed.

    ``judged`` are the codes that were looked for: allowances of others may be needed elsewhere.
    """
    used: set[Allowance] = set()
    kept: list[Diagnostic] = []
    for diagnostic in found:
        covering = [one for one in allowed if one.covers(diagnostic)]
        used.update(covering)
        if not covering:
            kept.append(diagnostic)
    for one in allowed:
        if one.code in judged and one.span.file == file and one not in used:
            where = "in this file" if one.line is None else "on that line"
            kept.append(unneeded(f"no {one.code} {where} needs to be allowed", one.span, "delete it"))
    return kept


def unneeded(message: str, span: Span, hint: str) -> Diagnostic:
    """The warning about a comment at ``span`` that allows nothing."""
    return Diagnostic(UNUSED, message, span, hint, severity=Severity.WARNING)
