"""Cheap checks before parsing: size, nesting, brackets. One pass, no recursion."""

from __future__ import annotations

import re

from tp.diagnostics.diagnostic import Diagnostic, Label, TpError, error
from tp.diagnostics.span import Span

MAX_CHARACTERS = 8_000_000
MAX_NESTING = 100

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_SIGNS = re.compile(r"[][(){}]|#[^\n]*|\n")
_OPENERS = {closer: opener for opener, closer in _CLOSERS.items()}


def check_size(length: int, file: str) -> None:
    """Raises TP502 for a text of more than ``MAX_CHARACTERS``."""
    if length > MAX_CHARACTERS:
        raise error(
            "TP502",
            f"the text has {length} characters; the limit is {MAX_CHARACTERS}",
            Span(1, 1, 1, 1, file),
        )


def check_brackets(text: str, file: str) -> None:
    """Raises TP002 or TP003 for brackets that do not pair up, TP005 for too deep nesting."""
    open_: list[tuple[str, Span]] = []
    number, start = 1, -1
    for sign in _SIGNS.finditer(text):
        character, column = sign[0], sign.start() - start
        if character == "\n":
            number, start = number + 1, sign.start()
        elif character in _CLOSERS:
            open_.append((character, Span(number, column, number, column + 1, file)))
            if len(open_) > MAX_NESTING:
                raise error("TP005", f"more than {MAX_NESTING} brackets are open at once", open_[-1][1])
        elif character in _OPENERS:
            here = Span(number, column, number, column + 1, file)
            inside = [o for o, _ in open_]
            if not open_ or (inside[-1] == "{" and _OPENERS[character] not in inside):
                raise error("TP003", f"'{character}' closes nothing", here, "remove it, or add its opener")
            opener, where = open_.pop()
            if opener != _OPENERS[character]:
                raise TpError(
                    Diagnostic(
                        "TP002",
                        f"'{opener}' is never closed: a '{character}' stands where '{_CLOSERS[opener]}' should",
                        where,
                        f"add '{_CLOSERS[opener]}' before the '{character}'",
                        (Label(here, f"'{character}' found here"),),
                    )
                )
    if open_:
        opener, where = open_[-1]
        raise error("TP002", f"'{opener}' is never closed", where, f"add the missing '{_CLOSERS[opener]}'")


def comments(text: str) -> dict[int, str]:
    """The comment of each line that has one, by line number from 1, ``#`` included."""
    found: dict[int, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        start = line.find("#")
        if start >= 0:
            found[number] = line[start:].rstrip()
    return found
