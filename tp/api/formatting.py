"""Files in the canonical layout of the language."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tp.diagnostics.text import readable

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Layout:
    """The content of a file as it is and in canonical layout, both with the mark and the line ends of the file."""

    file: str
    before: bytes
    after: bytes

    @property
    def changes(self) -> bool:
        return self.before != self.after

    def diff(self) -> str:
        """What changes, as a unified diff; empty where nothing does."""
        import difflib

        name = readable(self.file)
        before, after = (io.StringIO(data.decode(), newline="\n").readlines() for data in (self.before, self.after))
        return "".join(_whole_lines(difflib.unified_diff(before, after, name, name)))


def layout(file: str, data: bytes | None = None) -> Layout:
    """The layout of ``file``, or of ``data``, which are called so.

    The program is the same in both layouts, and so are its comments.

    Raises:
        TpError: TP601, TP007 or TP502 where the file cannot be read, and every syntax error in it.
    """
    from tp.syntax.format import format_text
    from tp.syntax.modules import content, decoded

    before = content(file) if data is None else data
    text = format_text(decoded(before, file), file)
    if before.count(b"\n") and before.count(b"\n") == before.count(b"\r\n"):
        text = text.replace("\n", "\r\n")
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    return Layout(file, before, mark + text.encode())


def _whole_lines(lines: Iterator[str]) -> Iterator[str]:
    """``lines`` of a diff, of which one at the end of a file may be without its end."""
    for line in lines:
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
