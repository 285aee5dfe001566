"""Contents of reports, one file a study: ``document(result)`` there makes a document of a result of that study."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from tp.printable import Printable
from tp.report.document import Document


def document(result: Printable) -> Document:
    """The report on ``result``."""
    made: Callable[[Printable], Document] = import_module(f"{__name__}.{result.study}").document
    return made(result)
