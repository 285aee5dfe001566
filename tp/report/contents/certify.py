"""The report of ``tp certify``: what a certificate proves, about which program, and what it takes for granted."""

from __future__ import annotations

from tp.report.document import Document, Fact, Line, Notes, Section
from tp.theory.checking import Checked


def document(checked: Checked) -> Document:
    accepted = Fact(f"accepted: {checked.lines} lines follow by the rules, and with them", "lines", checked.lines)
    about = "the program that was given" if checked.compared else "the program that the certificate carries"
    return Document(
        Line((accepted,)),
        (
            Section("", (Notes(checked.statements, "statements"),)),
            Section("about", (Notes((f"{about}, SHA-256 {checked.program}",), "program"),)),
            Section("granted that", (Notes(checked.grounds, "grounds"),)),
        ),
    )
