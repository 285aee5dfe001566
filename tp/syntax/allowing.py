"""Comments ``# tp: allow CODE, CODE reason``: on a line of code, on the line before, or at the head of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from tp.diagnostics.allowed import CHECKED, LINTED, Allowance, unneeded
from tp.diagnostics.diagnostic import Diagnostic
from tp.diagnostics.span import Span
from tp.syntax.scan import comments

_MARK = re.compile(r"#\s*tp\s*:\s*allow\b\s*")
_CODES = re.compile(r"\w+(?:\s*,\s*TP\w+)*")
_FAULTY = "write: # tp: allow TP801 and the reason; several codes have commas between them"


def allowances(text: str, file: str, imported: Mapping[str, str]) -> list[Allowance]:
    """What the comments of ``text``, and those of the texts of modules by name, allow.

    A comment behind code is about its own line, one before the first code about the whole file (that of the program
    also about what it imports), any other about the next line with code.
    """
    others = (found for name, one in imported.items() for found in _read(one, name, own=False)[0])
    return [*_read(text, file)[0], *others]


def faulty(text: str, file: str) -> list[Diagnostic]:
    """Warnings about the comments of ``text`` that name no warning."""
    return _read(text, file)[1]


def _read(text: str, file: str, *, own: bool = True) -> tuple[list[Allowance], list[Diagnostic]]:
    found: list[Allowance] = []
    wrong: list[Diagnostic] = []
    if "allow" not in text:
        return found, wrong
    lines = text.split("\n")
    code = [number for number, line in enumerate(lines, 1) if line.split("#", 1)[0].strip()]
    for number, comment in comments(text).items():
        mark = _MARK.match(comment)
        if mark is None:
            continue
        column = lines[number - 1].index("#") + 1
        span = Span(number, column, number, column + len(comment), file)
        line = _line(number, code)
        for word in _words(comment[mark.end() :]):
            if word in CHECKED or word in LINTED:
                found.append(Allowance(word, span, line, own))
            elif re.fullmatch(r"TP\d+", word):
                wrong.append(unneeded(f"{word} is no warning about a program that can be allowed", span, _FAULTY))
            else:
                wrong.append(unneeded("this allows nothing: no code stands behind allow", span, _FAULTY))
    return found, wrong


def _words(rest: str) -> Iterator[str]:
    """The codes before the reason; the first word, or "", where it is no code."""
    match = _CODES.match(rest)
    return (word.strip() for word in match[0].split(",")) if match else iter([""])


def _line(number: int, code: Sequence[int]) -> int | None:
    """The line that a comment on line ``number`` is about, None for all; ``code`` are the lines with code."""
    if number in code:
        return number
    following = [line for line in code if line > number]
    return None if len(following) == len(code) else following[0] if following else number
