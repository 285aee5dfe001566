"""Pictures of results in files, and what drawing needs."""

from __future__ import annotations

from os import path
from typing import TYPE_CHECKING

from tp.diagnostics.diagnostic import error
from tp.printable import Printable
from tp.report.chart import Chart
from tp.report.contents import document
from tp.report.document import flat

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMS = (".svg", ".png", ".pdf")
"""The endings of files that can be written."""
UNDATED = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
"""Files have no date: those of the same result are the same."""


def plot(result: Printable, name: str | None = None) -> Figure:
    """The charts of ``result`` in one figure; with a ``name`` that chart alone. Raises TpError TP508."""
    found = _charts(result)
    if not found:
        raise error("TP508", f"the report {str(result).partition(chr(10))[0]} has no charts")
    chosen = [chart for chart in found if name is None or chart.name == name]
    if not chosen:
        raise error("TP508", f"no chart is called {name}", hint=f"charts: {', '.join(c.name for c in found)}")
    require_matplotlib()
    from tp.report.drawn.matplotlib import figure

    return figure(chosen)


def save(result: Printable, file: str) -> None:
    """Write a picture of ``result`` to ``file``. Raises TpError TP508 where that is not possible."""
    require(file)
    drawn = plot(result)
    from matplotlib import rc_context

    from tp.report.drawn.matplotlib import SETTINGS

    try:
        with rc_context(SETTINGS):
            drawn.savefig(file, dpi=160, metadata=UNDATED.get(_ending(file)))
    except OSError as problem:
        raise error("TP508", f"cannot write {file}: {problem.strerror or problem}") from problem


def require(file: str) -> None:
    """Raises TpError TP508 where a picture cannot be written to ``file``: its ending, or matplotlib is missing."""
    if _ending(file) not in FORMS:
        raise error("TP508", f"cannot draw {file}", hint=f"pictures end with {', '.join(FORMS)}")
    require_matplotlib()


def require_matplotlib() -> None:
    """Raises TpError TP508 where matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401 # pyright: ignore[reportUnusedImport]
    except ImportError:
        raise error("TP508", "pictures need the package matplotlib", hint='pip install "tp[plot]"') from None


def _charts(result: Printable) -> list[Chart]:
    sections = flat(document(result).sections)
    return [block for section in sections for block in section.blocks if isinstance(block, Chart)]


def _ending(file: str) -> str:
    return path.splitext(file)[1].lower()
