"""Results that print as their report. ``import tp`` connects them to the renderers by :func:`written_by`."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

_write: Callable[[Printable, str], str] | None = None


class Printable:
    """A result of a study: ``print`` shows its tables as text, a notebook shows them as HTML.

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

    def _repr_html_(self) -> str | None:
        return None if _write is None else _write(self, "html")


def written_by(write: Callable[[Printable, str], str]) -> None:
    """Set the function that renders a result in a format, which is ``text`` or ``html``."""
    global _write
    _write = write
