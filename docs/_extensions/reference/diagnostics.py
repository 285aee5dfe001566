"""A page for every diagnostic code, from ``tp/diagnostics/codes.toml``."""

from __future__ import annotations

from collections.abc import Iterable

from reference.entry import Entry, Kind, fenced, sections
from reference.prose import inline
from tp.diagnostics.allowed import CHECKED, LINTED
from tp.diagnostics.codes import codes


def _language(code: str) -> str:
    """Examples of errors in programs and of warnings are lines of programs; others are commands or lines of Python."""
    number = int(code.removeprefix("TP"))
    return "tp" if number < 500 or 800 <= number < 900 else "text"


def _allowed(code: str) -> str:
    """The comment that allows a warning; empty for errors."""
    if code not in CHECKED | LINTED:
        return ""
    found = "Every command that reads the program" if code in CHECKED else "`tp lint`"
    comment = fenced(f"# tp: allow {code} and the reason", "tp")
    where = "behind the line that is meant, on a line of its own before it, or before all code for the whole file"
    return f"{found} reports it. A comment allows it: {where} ([commands](../../commands.md#warnings)).\n\n{comment}"


def entries() -> Iterable[Entry]:
    for code, page in codes().items():
        language = _language(code)
        found = sections(
            ("Wrong", fenced(page.bad, language) if page.bad else ""),
            ("Right", fenced(page.good, language) if page.good else ""),
            ("To allow it", _allowed(code)),
        )
        text = inline(" ".join(page.explanation.split()))
        yield Entry(code, inline(page.title), text, found, title=f"`{code}`: {inline(page.title)}")


KIND = Kind(
    "diagnostics", "Diagnostics", "What every error and every warning means, as `tp explain CODE` says it.", entries
)
