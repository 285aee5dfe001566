"""The report of ``tp certify``: what a certificate proves, and what it takes for granted."""

from __future__ import annotations

from tp.orders.proof.checker import Checked
from tp.report.document import Document, Fact, Line, Notes, Section


def document(checked: Checked) -> Document:
    accepted = Fact(f"accepted: {checked.lines} lines follow by the rules, and with them", "lines", checked.lines)
    return Document(
        Line((accepted,)),
        (
            Section("", (Notes(checked.statements, "statements"),)),
            Section("granted that", (Notes(checked.grounds, "grounds"),)),
        ),
    )
