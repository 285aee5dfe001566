"""Pictures of results."""

from __future__ import annotations

from tp.printable import Printable


def save_figure(result: Printable, file: str) -> None:
    """Write a picture of ``result``, of ``model.transfer`` or ``tp.coordinates``, to a file.

    It ends with .svg, .png or .pdf. This needs matplotlib: ``pip install "tp[figures]"``.

    Raises:
        TpError: TP508 where the file cannot be written, or matplotlib is missing.
    """
    from tp.report.figures import save

    save(result, file)


def require_figure(file: str) -> str:
    """The name of a picture that will be written at the end. Raises TpError TP508 where that is not possible."""
    from tp.report.figures import require

    require(file)
    return file
