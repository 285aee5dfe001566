"""The automaton against the parser of lark, which its tables are from."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from lark import Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from tp.syntax import automaton

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "grammar"))
import generate  # type: ignore[import-not-found]  # noqa: E402

TEXTS = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "programs").rglob("*.tp"))]
TEXTS += [
    "program p(a: int = 1) {\n  width n\n  y[a-1] = W' @ f(x, k=2)^(1/2) / -3\n}\n",
    "program p { table r : [t=2] = (1, -2.5e3, # c\n 4,) ; y = f(1, -2) }",
    "",
    "program p { y = (((a))) ; z = [] }",
    "program def { }",
    "def f(x, y=1,) { return x, y }\nprogram p { param W[1..3] : [n | d=2] ~ normal(0, 1) rate n }\n",
]
PIECES = ["=", "(", ")", "]", "..", "in", "def", "1e5", "'", "%", "x", "-", "é"]
PIECES += ["claim not", "@ @", "\n", ";", "\t", "# c"]
RUN_TOGETHER = re.compile(r"^\s*(program|def|import)(?=\w)", flags=re.MULTILINE)
"""A word that begins with a keyword where no name may stand: lark reads the keyword alone, the automaton the word."""


class Everything:
    """All tokens go to the parser, so that the two lexers are compared as well."""

    always_accept: ClassVar[tuple[str, ...]] = ("_NL",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return (token for token in stream if token.type != "_NL" or token.value == ";")


def everything(stream: Iterator[automaton.Token]) -> Iterator[automaton.Token]:
    return (token for token in stream if token.type != "_NL" or token.text == ";")


def plain(node: Any) -> Any:
    """A tree of either kind as tuples."""
    if node is None:
        return None
    if isinstance(node, Token):
        return node.type, str(node), (node.line, node.column, node.end_line, node.end_column)
    if isinstance(node, automaton.Token):
        return node.type, node.text, node.place
    if isinstance(node, Tree):
        at = node.meta
        place = None if at.empty else (at.line, at.column, at.end_line, at.end_column)
        return str(node.data), [plain(c) for c in node.children], place
    return node.data, [plain(c) for c in node.children], node.place


def ours(text: str) -> Any:
    try:
        return plain(automaton.parse(text, everything))
    except automaton.UnknownCharacter as problem:
        return "character", problem.character, problem.line, problem.column
    except automaton.UnexpectedToken as problem:
        return "token", problem.token.type, problem.token.text, problem.token.place[:2], problem.accepted


def theirs(parser: Any, text: str) -> Any:
    try:
        return plain(parser.parse(text))
    except UnexpectedCharacters as problem:
        return "character", problem.char, problem.line, problem.column
    except UnexpectedToken as problem:
        token = problem.token
        return "token", token.type, str(token), (token.line or 1, token.column or 1), problem.accepts


def test_the_tables_are_those_of_the_grammar() -> None:
    assert (ROOT / "grammar" / "tables.json").read_text() == generate.text(), "run: python grammar/generate.py"


def test_the_grammar_is_strict() -> None:
    pytest.importorskip("interegular")
    assert generate.parser(strict=True).parse("program p { }") is not None


def test_both_parsers_agree() -> None:
    """On every program, and where pieces of it are missing or out of place."""
    parser = generate.parser(postlex=Everything())
    chance = random.Random(0)
    for text in TEXTS:
        assert ours(text) == theirs(parser, text)
        for _ in range(20):
            at = chance.randrange(len(text) + 1)
            piece = chance.choice(["", " "]) + chance.choice(PIECES) + " "
            changed = text[:at] + piece + text[at + chance.randrange(4) :]
            if not RUN_TOGETHER.search(changed):
                assert ours(changed) == theirs(parser, changed), changed
