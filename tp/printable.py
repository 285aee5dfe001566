"""Results that print as their report. ``import tp`` connects them to the renderers by :func:`written_by`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_write: Callable[[Printable, str], str] | None = None
_draw: Callable[[Printable, str | None], Figure] | None = None


class Printable:
    """A result of a study: ``print`` shows its tables as text, a notebook shows them as HTML with charts.

    ``study`` is the name of the file in ``tp/report/contents`` that makes its document. For the result of a command it
    is the name of the command.
    """

    __slots__ = ()
    study: ClassVar[str]

    def __repr__(self) -> str:
        """The class and the title of the report."""
        title = "" if _write is None else f": {str(self).partition(chr(10))[0]}"
        return f"<{type(self).__name__}{title}>"

    def __str__(self) -> str:
        return repr(self) if _write is None else _write(self, "text")

    def plot(self, name: str | None = None) -> Figure:
        """A figure of matplotlib with all charts of the report, or with the one called ``name``, such as ``C[0,2]``.

        This needs matplotlib: ``pip install "tp[plot]"``.

        Raises:
            TpError: TP508 where the report has no charts or none with this name, or matplotlib is missing.
        """
        assert _draw is not None, "import tp"
        return _draw(self, name)

    def _repr_html_(self) -> str | None:
        return None if _write is None else _write(self, "html")


def written_by(write: Callable[[Printable, str], str], draw: Callable[[Printable, str | None], Figure]) -> None:
    """Set the function that renders a result in a format (``text`` or ``html``), and the one that draws its charts."""
    global _write, _draw
    _write, _draw = write, draw
