"""What is known of a result while it is being measured, one file a study.

``sections(result)`` there are short tables for a terminal, and ``line(result)`` the same in one line, for a log.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tp.printable import Printable
from tp.report.document import Section


def sections(result: Printable) -> tuple[Section, ...]:
    """The rows of ``result`` as they are now."""
    return _study(result).sections(result)


def line(result: Printable) -> str:
    """``result`` as it is now, in one line."""
    return _study(result).line(result)


def _study(result: Printable) -> Any:
    return import_module(f"{__name__}.{result.study}")
