"""Pictures of results by matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tp.printable import Printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Printable, name: str | None = None) -> Figure:
    """What ``result.plot(name)`` returns."""
    from tp.report.drawn.files import plot

    return plot(result, name)


def save_figure(result: Printable, file: str) -> None:
    """Write a picture of the charts of ``result`` to a file that ends with .svg, .png or .pdf.

    This needs matplotlib: ``pip install "tp[plot]"``.

    Raises:
        TpError: TP508 where the file cannot be written, the result has no charts, or matplotlib is missing.
    """
    from tp.report.drawn.files import save

    save(result, file)


def require_figure(file: str) -> str:
    """The name of a picture that will be written at the end. Raises TpError TP508 where that is not possible."""
    from tp.report.drawn.files import require

    require(file)
    return file
