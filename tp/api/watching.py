"""Results that are not complete yet, as a terminal or a log shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tp.printable import Printable

if TYPE_CHECKING:
    from rich.console import RenderableType


def tables(result: Printable) -> RenderableType:
    """The rows of ``result`` so far, for a console of rich."""
    from tp.report.so_far import sections
    from tp.report.terminal import shown

    return shown(sections(result))


def line(result: Printable) -> str:
    """``result`` so far in one line."""
    from tp.report.render.text import escaped
    from tp.report.so_far import line

    return escaped(line(result))
