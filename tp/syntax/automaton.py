"""The LALR(1) automaton of the grammar: its tables, its tokens, and the parse tree that it builds.

``grammar/generate.py`` computes ``grammar/tables.json`` from ``grammar/tp.lark`` in advance, so that ``tp`` starts
without a parser library. Tokens depend on the state of the automaton: a keyword is read as a name wherever the grammar
accepts only a name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from tp.diagnostics.packaged import folder

Place = tuple[int, int, int, int]
"""First line, first column, last line, last column, all counted from 1; the end is exclusive."""
END = "$END"


class Token:
    """A word of the text. ``type`` is a terminal of the grammar."""

    __slots__ = ("outer", "place", "text", "type")

    def __init__(self, type_: str, text: str, place: Place) -> None:
        self.type = type_
        self.text = text
        self.place = self.outer = place

    def __str__(self) -> str:
        return self.text


class Node:
    """A node of the parse tree: the rule ``data`` and its children, None for each optional part that is absent.

    ``outer`` is ``place`` extended by brackets around the node; both are None for a node without tokens.
    """

    __slots__ = ("children", "data", "outer", "place")

    def __init__(self, data: str, children: list[Any]) -> None:
        self.data = data
        self.children = children
        self.place: Place | None = None
        self.outer: Place | None = None


Part: TypeAlias = "Node | Token | None"


class Rule(NamedTuple):
    """A rule of the grammar: ``size`` parts become one node called ``name``.

    ``kept`` has for each part that becomes a child its index, whether its children are inserted in its place, and the
    number of None before it; ``absent`` None follow the last. If ``single``, an only child replaces the node.
    """

    origin: str
    size: int
    name: str
    single: bool
    kept: list[tuple[int, bool, int]]
    absent: int

    def build(self, parts: list[Any]) -> Node | Token:
        children: list[Any] = []
        for i, inlined, absent in self.kept:
            children += [None] * absent
            if not inlined:
                children.append(parts[i])
            elif children:
                children += parts[i].children
            else:  # lists are left-recursive: reuse the list of children, do not copy it
                children = parts[i].children
        children += [None] * self.absent
        found = children[0] if self.single and len(children) == 1 else Node(self.name, children)
        if isinstance(found, Node):
            outers = [part.outer for part in parts if part is not None and part.outer is not None]
            if outers:
                found.outer = outers[0][:2] + outers[-1][2:]
                found.place = found.place or found.outer
        return found


class Tables(NamedTuple):
    """The automaton. ``states`` has by symbol the next state (0 or more), or -1 - k to reduce by the rule number k.

    ``expected`` has the patterns of tokens that are looked for only where the grammar accepts them.
    """

    pattern: re.Pattern[str]
    expected: dict[str, re.Pattern[str]]
    words: dict[str, str]
    ignored: frozenset[str]
    rules: list[Rule]
    states: list[dict[str, int]]
    start: int
    end: int


class UnknownCharacter(Exception):
    """No token starts with ``character``."""

    def __init__(self, character: str, line: int, column: int) -> None:
        super().__init__(character)
        self.character, self.line, self.column = character, line, column


class UnexpectedToken(Exception):
    """``token`` cannot stand where it does; ``accepted`` are the terminals that can."""

    def __init__(self, token: Token, accepted: frozenset[str]) -> None:
        super().__init__(token.text)
        self.token, self.accepted = token, accepted
        self.line = token.place[0]


@cache
def tables() -> Tables:
    """The tables beside the grammar. Raises FileNotFoundError where the installation is broken."""
    with open(f"{folder('grammar')}/tables.json", encoding="utf-8") as file:
        found = json.load(file)
    rules = [Rule(*rule) for rule in found["rules"]]
    rows = found["rows"]
    return Tables(
        re.compile(found["pattern"]),
        {kind: re.compile(pattern) for kind, pattern in found["expected"].items()},
        found["words"],
        frozenset(found["ignored"]),
        rules,
        [rows[i] for i in found["states"]],
        found["start"],
        found["end"],
    )


def parse(text: str, filtered: Callable[[Iterator[Token]], Iterator[Token]]) -> Node:
    """The parse tree of ``text``; ``filtered`` drops tokens that the grammar does not see.

    Raises UnknownCharacter or UnexpectedToken at the first fault.
    """
    automaton = Automaton(tables())
    token = None
    for token in filtered(automaton.tokens(text)):
        automaton.feed(token)
    place = (1, 1, 1, 1) if token is None else token.place
    return automaton.feed(Token(END, "", place))


class Automaton:
    """A run of the automaton: its stack of states, and the parts of the tree built so far."""

    def __init__(self, table: Tables) -> None:
        self._table = table
        self._stack = [table.start]
        self._values: list[Any] = []

    def tokens(self, text: str) -> Iterator[Token]:
        """The words of ``text``, each read in the state that the automaton is in. Raises UnknownCharacter."""
        _, expected, words, ignored, _, states, *_ = self._table
        match = self._table.pattern.match
        at, line, start = 0, 1, -1
        while at < len(text):
            row = states[self._stack[-1]]
            due = next((kind for kind in expected if kind in row), None)
            found = None if due is None else expected[due].match(text, at)
            if found is None:
                due, found = None, match(text, at)
            if found is None:
                raise UnknownCharacter(text[at], line, at - start)
            word, kind, column = found[0], due or found.lastgroup or "", at - start
            at = found.end()
            first = line
            if "\n" in word:
                line, start = line + word.count("\n"), at - len(word) + word.rindex("\n")
            if kind in ignored:
                continue
            named = words.get(word)
            if named is not None and (named in row or kind not in row):
                kind = named
            yield Token(kind, word, (first, column, line, at - start))

    def feed(self, token: Token) -> Any:
        """Process ``token``; return the tree after the last one, else None. Raises UnexpectedToken."""
        _, _, _, _, rules, states, _, end = self._table
        stack, values = self._stack, self._values
        while True:
            action = states[stack[-1]].get(token.type)
            if action is None:
                raise UnexpectedToken(token, self._accepted())
            if action >= 0:
                stack.append(action)
                values.append(token)
                return None
            rule = rules[-1 - action]
            parts: list[Any] = []
            if rule.size:
                parts = values[-rule.size :]
                del stack[-rule.size :], values[-rule.size :]
            stack.append(states[stack[-1]][rule.origin])
            values.append(rule.build(parts))
            if token.type == END and stack[-1] == end:
                return values[-1]

    def _accepted(self) -> frozenset[str]:
        """The terminals that can stand here."""
        return frozenset(kind for kind in self._table.states[self._stack[-1]] if kind.isupper() and self._takes(kind))

    def _takes(self, kind: str) -> bool:
        _, _, _, _, rules, states, _, end = self._table
        stack = list(self._stack)
        while True:
            action = states[stack[-1]].get(kind)
            if action is None:
                return False
            if action >= 0:
                return True
            rule = rules[-1 - action]
            if rule.size:
                del stack[-rule.size :]
            stack.append(states[stack[-1]][rule.origin])
            if kind == END and stack[-1] == end:
                return True
