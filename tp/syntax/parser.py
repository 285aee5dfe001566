"""From text to syntax tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tp.diagnostics.diagnostic import Diagnostic, TpError, error
from tp.diagnostics.span import Span
from tp.syntax.automaton import END, Token, UnexpectedToken, UnknownCharacter, parse
from tp.syntax.builder import Builder
from tp.syntax.scan import check_brackets, check_size
from tp.syntax.tree import File
from tp.syntax.words import expectation

MAX_TOKENS = 40_000
MAX_WORD = 100
_MAX_ERRORS = 10
_ITEM = re.compile(r"\b(def|import|program)\s+$")


def separators(stream: Iterator[Token]) -> Iterator[Token]:
    """Keeps only the newlines that separate statements. Raises TpError for too many (TP502) or long words (TP006)."""
    depth = 0
    before = "_NL"
    for count, token in enumerate(stream):
        if count > MAX_TOKENS:
            raise error("TP502", f"the text has more than {MAX_TOKENS} words", Span(1, 1, 1, 1))
        if len(token.text) > MAX_WORD:
            line, column, *_ = token.place
            where = Span(line, column, line, column + MAX_WORD)
            raise error("TP006", f"names and numbers have at most {MAX_WORD} characters", where)
        if token.type == "_NL" and (depth or before in ("_NL", "LBRACE")):
            continue
        if token.type in ("LPAR", "LSQB"):
            depth += 1
        elif token.type in ("RPAR", "RSQB"):
            depth = max(0, depth - 1)
        before = token.type
        yield token


def parse_file(text: str, file: str = "<text>") -> File:
    """The syntax tree of ``text``. Raises TpError with every syntax error found."""
    check_size(len(text), file)
    check_brackets(text, file)
    found: list[Diagnostic] = []
    rest = text
    while True:
        try:
            tree = parse(rest, separators)
        except TpError as problem:
            raise TpError([_placed(d, file) for d in problem.diagnostics]) from None
        except (UnknownCharacter, UnexpectedToken) as problem:
            found.append(_diagnose(problem, rest, file))
            blanked = _without_line(rest, problem.line)
            if blanked is None or len(found) == _MAX_ERRORS or len(text) > 20_000:
                raise TpError(found) from None
            rest = blanked
            continue
        if found:
            raise TpError(found)
        return Builder(file).file(tree)


def _placed(diagnostic: Diagnostic, file: str) -> Diagnostic:
    """``diagnostic`` with the file in its spans, which the token filter does not know."""
    return replace(diagnostic, span=None if diagnostic.span is None else replace(diagnostic.span, file=file))


def _without_line(text: str, line: int) -> str | None:
    """``text`` with one line emptied, so that parsing can go on behind it; None when braces would suffer."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return None
    code = lines[line - 1].split("#")[0]
    if not code.strip() or any(code.count(a) != code.count(b) for a, b in ("()", "[]", "{}")):
        return None
    lines[line - 1] = ""
    return "\n".join(lines)


def _diagnose(problem: UnknownCharacter | UnexpectedToken, text: str, file: str) -> Diagnostic:
    """The diagnostic for an error of the automaton."""
    if isinstance(problem, UnknownCharacter):
        where = Span(problem.line, problem.column, problem.line, problem.column + 1, file)
        return Diagnostic("TP001", f"the character {problem.character!r} has no meaning here", where)
    token = problem.token
    line, column, *_ = token.place
    misplaced = _ITEM.search(text.split("\n")[line - 1][: column - 1])
    if token.type == "NAME" and misplaced is not None:
        # Inside braces the automaton read the word as the name of a value.
        word, start = misplaced[1], misplaced.start(1) + 1
        where = Span(line, start, line, start + len(word), file)
        hint = f"'{word}' stands before the program, not inside braces"
        return Diagnostic("TP004", f"'{word}' stands where a statement should be", where, hint)
    width = 1 if token.type in ("_NL", END) else max(1, len(token.text))
    where = Span(line, column, line, column + width, file)
    message, hint = expectation(token.type, token.text, problem.accepted)
    return Diagnostic("TP004", message, where, hint)
