"""Works out ``tables.json`` from ``tp.lark``: ``python grammar/generate.py`` (needs lark).

A test compares the file with what this makes, so that it cannot lag behind the grammar.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from lark import Lark
from lark.lexer import TerminalDef
from lark.parsers.lalr_analysis import Shift

HERE = Path(__file__).parent


def parser(**options: Any) -> Lark:
    """The grammar as lark's own parser. ``strict=True`` proves that it has no conflicts and no ambiguous tokens."""
    grammar = (HERE / "tp.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=True, **options)


def text() -> str:
    """The contents of ``tables.json``: see ``tp/syntax/automaton.py`` for what they mean."""
    made = parser()
    conf: Any = made.parser
    table = conf.parser._parse_table
    rules = list(made.rules)
    number = {rule: i for i, rule in enumerate(rules)}
    states = {name: i for i, name in enumerate(_in_order(table))}
    rows: list[dict[str, int]] = []
    of: list[int] = []
    for row in (table.states[name] for name in states):
        plain = {
            symbol: states[argument] if action is Shift else -1 - number[argument]
            for symbol, (action, argument) in sorted(row.items())
        }
        if plain not in rows:
            rows.append(plain)
        of.append(rows.index(plain))
    found = {
        "pattern": "|".join(f"(?P<{kind}>{body})" for kind, body in _patterns(made.terminals)),
        "expected": {t.name: t.pattern.value for t in made.terminals if t.priority < 0},
        "words": {t.pattern.value: t.name for t in made.terminals if t.pattern.type == "str"},
        "ignored": made.ignore_tokens,
        "rules": [_rule(rule) for rule in rules],
        "rows": rows,
        "states": of,
        "start": states[table.start_states["start"]],
        "end": states[table.end_states["start"]],
    }
    return json.dumps(found, separators=(",", ":")) + "\n"


def _in_order(table: Any) -> list[Any]:
    """The states as they are reached from the first one, symbols in their order: lark's own numbers vary."""
    found = [table.start_states["start"]]
    for state in found:
        moves = sorted((symbol, to) for symbol, (action, to) in table.states[state].items() if action is Shift)
        found += [to for _, to in moves if to not in found]
    return [*found, *(state for state in table.states if state not in found)]


def _patterns(terminals: list[TerminalDef]) -> list[tuple[str, str]]:
    """The terminals that are patterns, and one for all signs. Keywords match the pattern of names."""
    patterns = [(t.name, t.pattern.value) for t in terminals if t.pattern.type == "re" and t.priority >= 0]
    strings = [t.pattern.value for t in terminals if t.pattern.type == "str"]
    signs = [s for s in strings if not any(re.fullmatch(body, s) for _, body in patterns)]
    return [*patterns, ("SIGN", "|".join(re.escape(s) for s in sorted(signs, key=len, reverse=True)))]


def _rule(rule: Any) -> list[Any]:
    """A rule as ``tp.syntax.automaton.Rule`` has it."""
    empty = rule.options.empty_indices or [False] * len(rule.expansion)
    before = [len(run) for run in "".join("1" if e else "0" for e in empty).split("0")]
    kept: list[list[Any]] = []
    absent = 0
    for i, symbol in enumerate(rule.expansion):
        absent += before[i]
        if not (symbol.is_term and symbol.filter_out):
            kept.append([i, not symbol.is_term and symbol.name.startswith("_"), absent])
            absent = 0
    name = rule.alias or rule.origin.name
    single = bool(rule.options.expand1 and not rule.alias)
    return [rule.origin.name, len(rule.expansion), name, single, kept, absent + before[len(rule.expansion)]]


if __name__ == "__main__":
    (HERE / "tables.json").write_text(text(), encoding="utf-8")
