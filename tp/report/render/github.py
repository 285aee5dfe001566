"""Documents as workflow commands of GitHub Actions, which annotate lines of files: one for each check that is not good.

The last line counts all checks. Whatever a program or a file is called, no line but the commands begins with a colon.
"""

from __future__ import annotations

from collections.abc import Sequence

from tp.report.check import Check, Level, counted
from tp.report.document import Document
from tp.report.files import named
from tp.report.render.text import escaped

_COMMANDS = {Level.NOTE: "notice", Level.WARNING: "warning", Level.FAILURE: "error", Level.ERROR: "error"}


def render(documents: Sequence[Document]) -> str:
    """The checks of all ``documents``."""
    checks = [check for document in documents for check in document.checks]
    return "\n".join([*(_command(check) for check in checks if check.level in _COMMANDS), _counted(checks)])


def _command(check: Check) -> str:
    places = {"file": named(check.file), "line": check.line, "col": check.column}
    if check.end is not None:
        places |= {"endLine": check.end[0], "endColumn": check.end[1]}
    title = check.name if check.level is Level.ERROR else f"{check.name}: {check.verdict}"
    values = {**places, "title": f"tp {title}"}
    shown = ",".join(f"{key}={_property(str(value))}" for key, value in values.items() if value)
    return f"::{_COMMANDS[check.level]} {shown}::{_data(check.message)}"


def _counted(checks: Sequence[Check]) -> str:
    return f"{len(checks)} check{'' if len(checks) == 1 else 's'}: {counted(checks) or 'nothing was checked'}"


def _data(text: str) -> str:
    """``text`` as the message of a command."""
    lines = "".join(c if c in "\r\n" else escaped(c) for c in text)
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """``text`` as the value of a property of a command."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
