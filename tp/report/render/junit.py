"""Documents as JUnit XML: a suite for each program, a case for each check.

A check that failed is a failure, a program that could not run an error, and what is undecided is skipped. All text is
ASCII with character references, and characters that XML forbids are written as escapes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tp.report.check import Check, Level
from tp.report.document import Document
from tp.report.files import named
from tp.report.render.text import escaped

_ELEMENTS = {Level.NOTE: "skipped", Level.FAILURE: "failure", Level.ERROR: "error"}


def render(documents: Sequence[Document]) -> str:
    """A suite for each of ``documents``."""
    checks = [check for document in documents for check in document.checks]
    numbers = _numbers(checks)
    del numbers["skipped"]  # the schema has it for one suite only
    whole = Element("testsuites", {"name": "tp", **numbers})
    for document in documents:
        _suite(whole, document)
    indent(whole)
    return tostring(whole, "us-ascii", xml_declaration=True).decode()


def _numbers(checks: Sequence[Check]) -> dict[str, str]:
    count = Counter(check.level for check in checks)
    kinds = {"failures": Level.FAILURE, "errors": Level.ERROR, "skipped": Level.NOTE}
    return {"tests": str(len(checks)), **{name: str(count[level]) for name, level in kinds.items()}}


def _suite(whole: Element, document: Document) -> None:
    title = escaped(document.title.text)
    suite = SubElement(whole, "testsuite", {"name": title or "tp", **_numbers(document.checks)})
    for check in document.checks:
        _case(suite, check, escaped(next((fact.text for fact in document.title.facts if fact.text), "")))


def _case(suite: Element, check: Check, program: str) -> None:
    group = ".".join(filter(None, (program, escaped(check.rule))))
    case = SubElement(suite, "testcase", name=escaped(check.name), classname=group)
    message = escaped(check.message)
    name = _ELEMENTS.get(check.level)
    if name is None:
        SubElement(case, "system-out").text = f"{check.verdict}: {message}"
    else:
        found = SubElement(case, name, type=check.verdict, message=message)
        found.text = f"{_place(check)}{escaped(check.name)}: {check.verdict}: {message}"


def _place(check: Check) -> str:
    """Where ``check`` stands, as compilers write it."""
    if not check.file:
        return ""
    return ":".join(str(part) for part in (escaped(named(check.file)), check.line, check.column) if part) + ": "
