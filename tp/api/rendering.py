"""Results as text and as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from tp.api.stored import Stored

FORMATS = ("text", "json")
_REPORTS = {
    "Orders": ("orders.orders_text", "orders.orders_json"),
    "Accusation": ("blame.blame_text", "blame.blame_json"),
    "Forward": ("forward.forward_text", "forward.forward_json"),
    "Numbers": ("text.numbers_text", "json.numbers_json"),
    "Verification": ("text.verification_text", "json.verification_json"),
    "Linearization": ("linearize.linearization_text", "linearize_json.linearization_json"),
    "Runs": ("linearize.training_text", "linearize_json.training_json"),
}


def render(results: Sequence[Any], form: str = "text") -> str:
    """Results as one text: ``"text"`` (an empty line between them) or ``"json"`` (one object, or an array of several).

    Raises:
        ValueError: for another form.
    """
    if form == "text":
        return "\n\n".join(_report(result, 0) for result in results)
    if form == "json":
        from tp.report.json import dumps

        return dumps([_report(result, 1) for result in results])
    raise ValueError(f"results are rendered as {', '.join(FORMATS)}, not as {form}")


def _report(result: Any, which: int) -> Any:
    if isinstance(result, Stored):
        from tp.report import results

        report = (results.results_text, results.results_json)[which]
        return report(result.rows(), result.place)
    module, _, function = _REPORTS[type(result).__name__][which].partition(".")
    return getattr(import_module(f"tp.report.{module}"), function)(result)
