"""Documents as one SARIF 2.1.0 log: a result for each check that is not good.

What is refuted is an error, what is undecided a note. Errors that are about no file are notifications of the run. URIs
are relative to the checkout and percent-encoded; columns are in code units of UTF-16.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from tp.diagnostics.codes import codes
from tp.report.check import CLAIM, PROGRAM, QUANTITY, THEOREM, Check, Level
from tp.report.document import Document
from tp.report.files import named
from tp.report.render.text import escaped
from tp.version import VERSION

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Level.NOTE: "note", Level.WARNING: "warning", Level.FAILURE: "error", Level.ERROR: "error"}
_RULES = {
    CLAIM: (
        "a claim of the program",
        "The program claims an order of magnitude or a property of its training. A claim fails where the calculus or a "
        "measurement contradicts it, and is undecided where neither settles it. tp blame FILE looks for the cause.",
    ),
    QUANTITY: (
        "a predicted exponent of n",
        "The exponent that the calculus predicts is compared with the slope of drawn values. It is refuted where the "
        "values are larger than predicted, loose where they are smaller, and undecided where there are too few.",
    ),
    THEOREM: (
        "both sides of a theorem",
        "Correlations of derivatives decay if and only if training follows the linear model. Both sides are measured, "
        "each for itself.",
    ),
    PROGRAM: (
        "the whole program was looked at",
        "The command ended before everything was known about the program. Draws are kept: the same command goes on "
        "where it ended.",
    ),
}


def render(documents: Sequence[Document]) -> str:
    """The checks of all ``documents``, as one run."""
    checks = [c for document in documents for c in document.checks if c.level in _LEVELS]
    results = [check for check in checks if check.file]
    rules = list(dict.fromkeys(check.rule for check in checks))
    run = {
        "tool": {"driver": {"name": "tp", "version": VERSION, "rules": [_rule(rule) for rule in rules]}},
        "columnKind": "utf16CodeUnits",
        "invocations": [
            {
                "executionSuccessful": all(check.level is not Level.ERROR for check in checks),
                "toolExecutionNotifications": [_notification(check) for check in checks if not check.file],
            }
        ],
        "results": [_result(check, rules.index(check.rule)) for check in results],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: str) -> dict[str, Any]:
    page = codes().get(rule)
    title, text = (page.title, str(page)) if page is not None else _RULES[rule]
    return {"id": rule, "shortDescription": {"text": title}, "help": {"text": text}}


def _message(check: Check) -> dict[str, str]:
    """What is wrong; the name of a diagnostic is its rule and its place, which stand beside it."""
    return {"text": escaped(check.message if check.rule in codes() else _sentence(check))}


def _sentence(check: Check) -> str:
    return f"{check.name}: {check.verdict}: {check.message}"


def _result(check: Check, index: int) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": _uri(check.file)}, "region": _region(check)}
    return {
        "ruleId": check.rule,
        "ruleIndex": index,
        "level": _LEVELS[check.level],
        "message": _message(check),
        "locations": [{"physicalLocation": place}],
    }


def _notification(check: Check) -> dict[str, Any]:
    return {"level": _LEVELS[check.level], "message": _message(check), "descriptor": {"id": check.rule}}


def _region(check: Check) -> dict[str, int]:
    """The lines and columns of ``check``; the first line where it is about the file as a whole."""
    found = {"startLine": check.line or 1}
    start, end = check.units or (check.column, check.end and check.end[1])
    if start is not None:
        found["startColumn"] = start
    if check.end is not None and end is not None:
        found |= {"endLine": check.end[0], "endColumn": end}
    return found


def _uri(file: str) -> str:
    """``file`` as a URI: relative to the checkout, absolute for a file elsewhere."""
    name = named(file)
    elsewhere = os.path.isabs(name) or (name.split(os.sep)[0] == os.pardir and os.path.exists(name))
    return f"file://{_quoted(os.path.abspath(name))}" if elsewhere else _quoted(name)


def _quoted(name: str) -> str:
    """``name`` percent-encoded by the bytes that it has in the file system."""
    try:
        return quote(os.fsencode(name))
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        return quote(escaped(name))
