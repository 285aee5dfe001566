"""The lines of source texts that diagnostics point into."""

from __future__ import annotations

from collections.abc import Mapping

from tp.diagnostics.packaged import located
from tp.diagnostics.span import Span

_MAX_BYTES = 4_000_000


class Sources:
    """Source texts by file name: those ``given``, and files, each of which is read at most once."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._lines: dict[str, list[str] | None] = {name: text.split("\n") for name, text in given.items()}

    def line(self, span: Span) -> str | None:
        """The line that ``span`` begins on; None where there is none, or the file cannot be read."""
        return self.number(span.file, span.line)

    def number(self, file: str, line: int) -> str | None:
        """The line of this number, counted from 1, as :meth:`line`."""
        if file not in self._lines:
            self._lines[file] = _read(file)
        lines = self._lines[file]
        if lines is None or not 1 <= line <= len(lines):
            return None
        return lines[line - 1].rstrip("\r")

    def units(self, span: Span) -> tuple[int, int] | None:
        """The columns of both ends of ``span`` in code units of UTF-16; None where a line is not known."""
        first, last = self.line(span), self.number(span.file, span.end_line)
        if first is None or last is None:
            return None
        return _units(first[: span.column - 1]) + 1, _units(last[: span.end_column - 1]) + 1


def _units(text: str) -> int:
    """The number of code units of ``text`` in UTF-16: two for each character beyond the first 65536."""
    return len(text) + sum(c > "\uffff" for c in text)


def _read(file: str) -> list[str] | None:
    try:
        with open(located(file), "rb") as stream:
            data = stream.read(_MAX_BYTES)
    except (OSError, ValueError):
        return None
    return data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
