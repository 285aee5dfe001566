"""Formats of reports, one file each: ``render(documents)`` there writes documents in the format of the file's name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pkgutil import iter_modules

from tp.report.document import Document

FORMATS = tuple(module.name for module in iter_modules(__path__))


def render(documents: Sequence[Document], form: str) -> str:
    """All ``documents`` in the format ``form``. Raises ValueError where that is none of :data:`FORMATS`."""
    if form not in FORMATS:
        raise ValueError(f"the formats of reports are {', '.join(FORMATS)}, not {form}")
    write: Callable[[Sequence[Document]], str] = import_module(f"{__name__}.{form}").render
    return write(documents)
