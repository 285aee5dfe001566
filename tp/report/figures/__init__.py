"""Pictures of results by matplotlib, one file a study: ``draw(result, figure)`` there draws it."""

from __future__ import annotations

from importlib import import_module
from os import path

from tp.diagnostics.diagnostic import error
from tp.printable import Printable

FORMS = (".svg", ".png", ".pdf")
"""The endings of files that can be written."""


def save(result: Printable, file: str) -> None:
    """Write a picture of ``result`` to ``file``. Raises TpError TP508 where that is not possible."""
    require(file)
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": "tp", "svg.fonttype": "path", "font.size": 9}):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.4, 4.2), layout="constrained")
        import_module(f"{__name__}.{result.study}").draw(result, figure)
        try:
            figure.savefig(file, dpi=160)
        except OSError as problem:
            raise error("TP508", f"cannot write {file}: {problem.strerror or problem}") from problem


def require(file: str) -> None:
    """Raises TpError TP508 where a picture cannot be written to ``file``: its ending, or matplotlib is missing."""
    if path.splitext(file)[1].lower() not in FORMS:
        raise error("TP508", f"cannot draw {file}", hint=f"pictures end with {', '.join(FORMS)}")
    try:
        import matplotlib  # noqa: F401 # pyright: ignore[reportUnusedImport]
    except ImportError:
        raise error("TP508", "pictures need the package matplotlib", hint='pip install "tp[figures]"') from None
