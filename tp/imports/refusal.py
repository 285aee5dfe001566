"""What cannot be translated: the operation of JAX, the reason, the user's line, and what to write instead."""

from __future__ import annotations

from tp.diagnostics.diagnostic import TpError, error
from tp.imports.traced.equation import Place
from tp.imports.traced.places import span_of


class Untranslatable(Exception):
    """Raised by rules: ``reason``, and a ``hint`` that says what to write instead."""

    def __init__(self, reason: str, hint: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


def refusal(primitive: str, place: Place, problem: Untranslatable) -> TpError:
    """TP902 for an equation, with the line of the user's code that it comes from."""
    return error("TP902", f"{primitive} cannot be translated: {problem.reason}", span_of(place), problem.hint)
