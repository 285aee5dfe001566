"""What went wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from tp.diagnostics.span import Span


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Label:
    """A secondary place that explains the primary one."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. ``code`` is a key of :data:`tp.diagnostics.codes.codes`."""

    code: str
    message: str
    span: Span | None = None
    hint: str | None = None
    labels: tuple[Label, ...] = ()
    severity: Severity = Severity.ERROR


class TpError(Exception):
    """Raised when work cannot go on; carries every diagnostic found so far.

    ``sources`` holds the texts that diagnostics point into and that are in no file, by name.
    """

    def __init__(
        self, diagnostics: Diagnostic | Sequence[Diagnostic], sources: Mapping[str, str] | None = None
    ) -> None:
        found = (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        if not found:
            raise ValueError("a TpError needs at least one diagnostic")
        self.diagnostics: tuple[Diagnostic, ...] = found
        self.sources: dict[str, str] = dict(sources or {})
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in found))

    def only(self, code: str) -> bool:
        """Whether all diagnostics have this code."""
        return all(d.code == code for d in self.diagnostics)

    def __str__(self) -> str:
        """Every diagnostic with its place, its line of the source and its hint, as ``tp`` prints them."""
        from tp.diagnostics.text import render

        return render(self.diagnostics, self.sources)

    def __repr__(self) -> str:
        return f"TpError({'; '.join(f'{d.code}: {d.message}' for d in self.diagnostics)})"

    def __reduce__(self) -> tuple[type[TpError], tuple[tuple[Diagnostic, ...], dict[str, str]]]:
        """Pickled by its diagnostics, so that workers can raise it in the main process."""
        return type(self), (self.diagnostics, self.sources)


def error(code: str, message: str, span: Span | None = None, hint: str | None = None) -> TpError:
    """A :class:`TpError` with a single diagnostic, for the common case."""
    return TpError(Diagnostic(code, message, span, hint))
