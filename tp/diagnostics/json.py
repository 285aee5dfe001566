"""Diagnostics as one JSON object, for other software."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tp.diagnostics.diagnostic import Diagnostic
from tp.diagnostics.span import Span


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """``{"diagnostics": [...]}``, indented."""
    return json.dumps({"diagnostics": [as_dict(d) for d in diagnostics]}, indent=2)


def as_dict(diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic as plain data; absent parts are null."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "span": _span(diagnostic.span),
        "labels": [{"span": _span(label.span), "message": label.message} for label in diagnostic.labels],
    }


def _span(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
