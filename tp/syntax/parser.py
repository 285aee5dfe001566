"""From text to syntax tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tp.diagnostics.diagnostic import Diagnostic, TpError, error
from tp.diagnostics.merging import merged
from tp.diagnostics.span import Span
from tp.syntax.automaton import END, Token, UnexpectedToken, UnknownCharacter, parse
from tp.syntax.builder import Builder
from tp.syntax.recovery import without_statement
from tp.syntax.scan import check_brackets, check_size
from tp.syntax.tree import File
from tp.syntax.words import expectation, shown

MAX_TOKENS = 40_000
MAX_WORD = 100
OUTSIDE = "stands outside of a program"
_MAX_ERRORS = 10
_MOST_LINES = 2000
_ITEM = re.compile(r"\b(def|import|program)\s+$")


def separators(stream: Iterator[Token]) -> Iterator[Token]:
    """Keeps only the newlines that separate statements. Raises TpError for too many (TP502) or long words (TP006)."""
    depth = 0
    before = "_NL"
    for count, token in enumerate(stream):
        if count > MAX_TOKENS:
            raise error("TP502", f"the text has more than {MAX_TOKENS} words", Span(1, 1, 1, 1))
        if len(token.text) > MAX_WORD and token.type != "NUMBERS":
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
    try:
        check_brackets(text, file)
    except TpError as problem:
        raise TpError([*_foreign_statements(text, file), *problem.diagnostics]) from None
    found: list[Diagnostic] = []
    rest = text
    while True:
        try:
            tree = parse(rest, separators)
        except TpError as problem:
            raise TpError([_placed(d, file) for d in problem.diagnostics]) from None
        except (UnknownCharacter, UnexpectedToken) as problem:
            found.append(_diagnose(problem, rest, file))
            # Without its head, a program is no program.
            headless = isinstance(problem, UnexpectedToken) and "PROGRAM" in problem.accepted
            headless = headless and "{" in rest.split("\n")[problem.line - 1]
            ends = headless or found[-1].message.endswith(OUTSIDE)
            remaining = None if ends else without_statement(rest, problem.line)
            if remaining is None or len(found) == _MAX_ERRORS or len(text) > 20_000:
                raise TpError(merged(found)) from None
            rest = remaining
            continue
        if found:
            raise TpError(merged(found))
        return Builder(file).file(tree)


def _placed(diagnostic: Diagnostic, file: str) -> Diagnostic:
    """``diagnostic`` with the file in its spans, which the token filter does not know."""
    return replace(diagnostic, span=None if diagnostic.span is None else replace(diagnostic.span, file=file))


def _foreign_statements(text: str, file: str) -> list[Diagnostic]:
    """Statements of other languages in a text whose brackets do not pair up: they explain more than the bracket."""
    from tp.syntax.habits import statement_word

    found: list[Diagnostic] = []
    for number, line in enumerate(text.split("\n")[:_MOST_LINES], 1):
        known = statement_word(line.split("#")[0])
        if known is not None:
            where = Span(number, known.start, number, known.end, file)
            found.append(Diagnostic("TP004", known.message, where, known.hint))
    return merged(found[:_MAX_ERRORS])


def _diagnose(problem: UnknownCharacter | UnexpectedToken, text: str, file: str) -> Diagnostic:
    """The diagnostic for an error of the automaton."""
    from tp.syntax.habits import recognised, unknown_character  # its patterns take a while to compile

    line = problem.line
    code = text.split("\n")[line - 1].split("#")[0]
    if isinstance(problem, UnknownCharacter):
        where = Span(line, problem.column, line, problem.column + 1, file)
        hint = unknown_character(problem.character)
        known = None if hint is not None and not problem.character.isascii() else recognised(code, problem.column)
        if known is None:
            return Diagnostic("TP001", f"the character {problem.character!r} has no meaning here", where, hint)
        return Diagnostic("TP001", known.message, Span(line, known.start, line, known.end, file), known.hint)
    token = problem.token
    _, column, *_ = token.place
    misplaced = _ITEM.search(code[: column - 1])
    foreign = misplaced is not None and misplaced[1] == "import" and not re.search(r"\bfrom\b", code)
    if token.type == "NAME" and misplaced is not None and "PROGRAM" not in problem.accepted and not foreign:
        # Inside braces the automaton read the word as the name of a value.
        word, start = misplaced[1], misplaced.start(1) + 1
        where = Span(line, start, line, start + len(word), file)
        hint = f"'{word}' stands before the program, not inside braces"
        return Diagnostic("TP004", f"'{word}' stands where a statement should be", where, hint)
    width = 1 if token.type in ("_NL", END) else max(1, len(token.text))
    where = Span(line, column, line, column + width, file)
    known = recognised(code, column)
    if known is not None:
        return Diagnostic("TP004", known.message, Span(line, known.start, line, known.end, file), known.hint)
    if "PROGRAM" in problem.accepted and token.type not in ("_NL", END):
        hint = "statements stand inside braces: program name { ... }"
        return Diagnostic("TP004", f"'{shown(token.text)}' {OUTSIDE}", where, hint)
    message, hint = expectation(token.type, token.text, problem.accepted)
    return Diagnostic("TP004", message, where, hint)
