"""A document of checks made by hand, with names that formats have to escape."""

from __future__ import annotations

from tp.report.check import Check
from tp.report.document import Document, Fact, Line

HOSTILE = "50%: a,b\r\n::error::<&]]>\x1b[31m\x00\ufffe\udc80'\""
CHECKS = (
    Check("claim f : Theta(1)", "confirmed", "F is of order n^(0)", "claim", "mlp.tp", 3, 5),
    Check("claim C[0,2] : O(1)", "fails", HOSTILE, "claim", "mlp.tp", 4, 3),
    Check("C[0,2]", "refuted", "too large", "quantity", "mlp.tp"),
    Check("C[0,3]", "loose", "smaller", "quantity", "mlp.tp"),
    Check("F", "undecided", "few seeds", "quantity", "mlp.tp"),
)
BROKEN = (Check(f"TP101 {HOSTILE}", "error", "no y", "TP101", f"a b/{HOSTILE}.tp", 6, 9, (6, 10), (10, 11)),)
NOWHERE = (Check("TP500", "error", "no such option", "TP500", ""),)


def document_of(checks: tuple[Check, ...], program: str = "mlp") -> Document:
    return Document(Line((Fact(program, "program", program),)), (), checks)


DOCUMENTS = [document_of(CHECKS), document_of(BROKEN, HOSTILE), document_of(NOWHERE, "")]
EMPTY = document_of(())
