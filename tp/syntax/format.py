"""Programs in the one canonical layout: two blanks of indentation, one statement a line, comments kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from tp.syntax import tree as t
from tp.syntax.parser import parse_file
from tp.syntax.print import compact, header, statement
from tp.syntax.scan import comments


def format_text(text: str, file: str = "<text>") -> str:
    """``text`` in canonical layout. Parsing the result gives the same syntax tree. Raises TpError."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    writer = _Writer(text.split("\n"), comments(text))
    for item in parse_file(text, file).items:
        writer.item(item)
    writer.comments_before(len(writer.lines) + 1, 0)
    found = "\n".join(writer.out).strip("\n")
    return f"{found}\n" if found else ""


def show_file(file: t.File) -> str:
    """A syntax tree as text; trees without places have no comments to keep."""
    writer = _Writer([], {})
    for item in file.items:
        writer.item(item)
    return "\n".join(writer.out) + "\n"


@dataclass(slots=True)
class _Writer:
    lines: list[str]
    comments: dict[int, str]
    out: list[str] = field(default_factory=list[str])
    done: int = 0
    """The last source line that has been written out."""

    def comments_before(self, line: int, depth: int) -> None:
        """Comments, and blank lines reduced to one, between what is written and ``line``."""
        for number in range(self.done + 1, min(line, len(self.lines) + 1)):
            if number in self.comments:
                self._put(self.comments[number], depth)
            elif not self.lines[number - 1].strip() and self.out and self.out[-1] and not self.out[-1].endswith("{"):
                self.out.append("")
        self.done = max(self.done, line - 1)

    def _put(self, text: str, depth: int) -> None:
        indent = "  " * depth
        self.out.append(indent + text.replace("\n", "\n" + indent))

    def _line(self, text: str, depth: int, first: int, last: int) -> None:
        """A line of code that stood on source lines ``first`` to ``last``."""
        self.comments_before(first, depth)
        inside = [self.comments[n] for n in range(max(first, self.done + 1), last) if n in self.comments]
        for comment in inside:
            self._put(comment, depth)
        trailing = self.comments.get(last) if self.done < last else None
        self.done = max(self.done, last)
        self._put(text + (f"  {trailing}" if trailing else ""), depth)

    def item(self, item: t.Item) -> None:
        if isinstance(item, t.Import):
            names = ", ".join(item.names)
            self._line(f"import {names} from {item.module}", 0, item.span.line, item.span.end_line)
            return
        assert isinstance(item, t.Function | t.ProgramSyntax)
        self._block(header(item), item.body, 0, item.span.line)

    def _block(self, head: str, body: t.Block, depth: int, first: int) -> None:
        opening = body.span.line
        self._line(head + " {", depth, first, opening)
        for one in body.statements:
            self._statement(one, depth + 1)
        self.comments_before(body.span.end_line, depth + 1)
        while self.out and not self.out[-1]:
            self.out.pop()
        self._line("}", depth, body.span.end_line, body.span.end_line)

    def _statement(self, one: t.Statement, depth: int) -> None:
        if isinstance(one, t.Loop):
            bounds = f"{compact(one.range.first)}..{compact(one.range.last)}"
            self._block(f"for {one.variable} in {bounds}", one.body, depth, one.span.line)
        else:
            self._line(statement(one), depth, one.span.line, one.span.end_line)
