"""What cannot be translated: the primitive, the user's line, the reason, and what to do."""

from __future__ import annotations

from tp.diagnostics.diagnostic import TpError, error
from tp.imports.traced.equation import Place


class Untranslatable(Exception):
    """Raised by rules: ``reason``, and a ``hint`` that says what to write instead."""

    def __init__(self, reason: str, hint: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


def refusal(primitive: str, place: Place, problem: Untranslatable) -> TpError:
    """TP902 for an equation at a line of the user's code."""
    line = f"\n    {place.text.strip()}" if place.text.strip() else ""
    where = f"{place.file}:{place.line}" if place.file else "an unknown line"
    message = f"{primitive} at {where} cannot be translated: {problem.reason}{line}"
    return error("TP902", message, hint=problem.hint)
