"""Going on after a syntax error: the text without the statement that holds it."""

from __future__ import annotations

import re

_FOREIGN_BLOCK = re.compile(r"\s*(?:async\s+)?(?:def|class)\b.*:\s*$")


def without_statement(text: str, line: int) -> str | None:
    """``text`` with the statement on ``line`` emptied, so that reading can go on behind it; None where it cannot.

    Lines that ( ) and [ ] tie to it are emptied as well. A line that opens a block becomes an empty loop, so that
    braces still pair up, and the indented block of a function of Python goes with its head.
    """
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return None
    codes = [one.split("#")[0] for one in lines]
    if not codes[line - 1].strip():
        return None
    first, last = _statement(codes, line - 1)
    whole = "\n".join(codes[first : last + 1])
    kept = _braces(whole)
    if kept is None:
        return None
    end = last + 1
    if _FOREIGN_BLOCK.match(codes[line - 1]):
        while end < len(lines) and (not codes[end].strip() or _indent(codes[end]) > _indent(codes[line - 1])):
            end += 1
    lines[first:end] = [kept, *[""] * (end - first - 1)]
    return "\n".join(lines)


def _statement(codes: list[str], line: int) -> tuple[int, int]:
    """The first and the last line, from 0, that open ( and [ tie to ``line``."""
    depth, start = 0, 0
    first = last = line
    for number, code in enumerate(codes):
        if depth <= 0:
            start = number
        if number == line:
            first = start
        depth += sum(code.count(c) for c in "([") - sum(code.count(c) for c in ")]")
        if number >= line and depth <= 0:
            last = number
            break
    return first, max(first, last)


def _braces(code: str) -> str | None:
    """What stands for a statement so that its braces pair up with those of other lines; None where nothing does."""
    closing = opening = 0
    for character in code:
        if character == "{":
            opening += 1
        elif character == "}":
            if opening:
                opening -= 1
            else:
                closing += 1
    if re.match(r"\s*program\b", code) and not opening:
        return None
    if re.match(r"\s*(?:program|def|import)\b", code) and opening != closing:
        return "program _ {" if code.lstrip().startswith("program") and opening == 1 and not closing else None
    if opening > 1 or closing > 1:
        return None
    return "}" * closing + (";" if closing and opening else "") + ("for _ in 1..0 {" if opening else "")


def _indent(code: str) -> int:
    return len(code) - len(code.lstrip())
