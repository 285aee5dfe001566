"""Diagnostics as text: message, place, source line with the error underlined, hint."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from tp.diagnostics.diagnostic import Diagnostic, Severity
from tp.diagnostics.sources import Sources
from tp.diagnostics.span import Span

_WINDOW = 100
_LONGEST = 500
_TAB = 4
_PLAIN, _BOLD, _MARGIN = "\x1b[0m", "\x1b[1m", "\x1b[34m"
_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.NOTE: "\x1b[1;36m"}


def render(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str] | None = None, *, coloured: bool = False
) -> str:
    """All ``diagnostics``, an empty line between them.

    ``sources`` holds texts by file name; files that are not in it are read, and left out when that fails.
    ``coloured`` adds the colours of a terminal to headings, carets and hints.
    """
    texts = Sources(sources or {})
    return "\n\n".join(_coloured(_one(d, texts), d.severity) if coloured else _one(d, texts) for d in diagnostics)


def counted(diagnostics: Iterable[Diagnostic]) -> str:
    """How many errors and warnings there are: "2 errors, 1 warning"."""
    kinds = [d.severity for d in diagnostics]
    found = [(kinds.count(kind), kind.value) for kind in Severity if kind in kinds]
    return ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in found)


def readable(text: str) -> str:
    """``text`` on one line, with question marks for characters that move the cursor or change colours."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _coloured(text: str, severity: Severity) -> str:
    """The heading and the carets in the colour of ``severity``, places and margins in blue."""
    colour = _COLOURS[severity]
    head, *rest = text.split("\n")
    code, _, message = head.partition(": ")
    lines = [f"{colour}{code}{_PLAIN}: {_BOLD}{message}{_PLAIN}"]
    for line in rest:
        margin, bar, marks = line.partition(" | ")
        if line.startswith("  --> "):
            lines.append(f"{_MARGIN}  -->{_PLAIN}{line[5:]}")
        elif line.startswith("  = hint: "):
            lines.append(f"{_MARGIN}  ={_PLAIN} {_BOLD}hint{_PLAIN}:{line[9:]}")
        elif bar and marks.lstrip().startswith("^") and not margin.strip():
            lines.append(f"{_MARGIN}{margin}{bar}{_PLAIN}{colour}{marks}{_PLAIN}")
        elif bar:
            lines.append(f"{_MARGIN}{margin}{bar}{_PLAIN}{marks}")
        else:
            lines.append(line)
    return "\n".join(lines)


def _one(diagnostic: Diagnostic, texts: Sources) -> str:
    lines = [f"{diagnostic.severity.value}[{diagnostic.code}]: {_clean(diagnostic.message)}"]
    if diagnostic.span is not None:
        lines += _place(diagnostic.span, "", texts)
    for label in diagnostic.labels:
        lines += _place(label.span, label.message, texts)
    if diagnostic.hint:
        lines.append(f"  = hint: {_clean(diagnostic.hint)}")
    return "\n".join(lines)


def _place(span: Span, message: str, texts: Sources) -> list[str]:
    """``file:line:column``, the source line and the underlined stretch."""
    head = f"  --> {_clean(str(span))}"
    source = texts.line(span)
    if source is None:
        return [f"{head}: {_clean(message)}" if message else head]
    number = str(span.line)
    code, marks = underlined(source, span)
    gutter = " " * len(number)
    return [
        head,
        f" {gutter} |",
        f" {number} | {code}",
        f" {gutter} | {marks}{' ' if message else ''}{_clean(message)}",
    ]


def underlined(source: str, span: Span) -> tuple[str, str]:
    """A window of the line ``source`` and carets under ``span``, both in columns of a terminal."""
    start = min(max(span.column - 1, 0), len(source))
    end = len(source) if span.end_line > span.line else min(max(span.end_column - 1, start + 1), len(source))
    low = 0
    if len(source) > _WINDOW:
        low = max(0, min(start - _WINDOW // 3, len(source) - _WINDOW))
    high = min(len(source), low + _WINDOW)
    before, marked, after = source[low:start], source[start : min(end, high)], source[min(end, high) : high]
    left, right = "..." if low else "", "..." if high < len(source) else ""
    shown = left + _expand(before) + _expand(marked) + _expand(after) + right
    pad = len(left) + _columns(_expand(before))
    return shown.rstrip(), " " * pad + "^" * max(1, _columns(_expand(marked)))


def _expand(text: str) -> str:
    """Tabs as blanks, control characters as question marks."""
    return "".join(" " * _TAB if c == "\t" else _clean(c) for c in text)


def _clean(text: str) -> str:
    """``text`` at a readable length, without characters that move the cursor, change colours or cannot be printed."""
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 3] + "..."
    return readable(text)


def _columns(text: str) -> int:
    """The width of ``text`` in a terminal: wide characters take two columns, combining ones none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
