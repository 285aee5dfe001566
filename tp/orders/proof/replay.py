"""The replay of written lines, one by one, by the rules alone. Nothing here knows of networks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from tp.orders.bounds.rules import NORM_RULES
from tp.orders.facts import Function
from tp.orders.proof.derivation import Derivation
from tp.orders.proof.encoding import Decoder, Json, plain, read_generator
from tp.orders.typical.rules import RULES, Rules

Step = tuple[str, tuple[Any, ...], tuple[int, ...]]
"""A rule, its arguments, and the numbers of the earlier steps whose values it is applied to."""


class Rejected(ValueError):
    """A certificate that proves nothing, and why."""


class Replayed:
    """Lines that follow by the rules, found by what they apply to what."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.lines: list[Derivation[Any]] = []
        self._numbers: dict[Step, int] = {}
        self._places: dict[int, int] = {}
        self._used: dict[int, Derivation[Any]] = {}

    def add(self, step: Step, line: Derivation[Any]) -> None:
        """Raises :class:`Rejected` where an equal line is there."""
        if step in self._numbers:
            raise Rejected(f"line {len(self.lines)} repeats line {self._numbers[step]}")
        self._numbers[step] = self._places[id(line)] = len(self.lines)
        self.lines.append(line)

    def known(self, step: Step) -> Derivation[Any] | None:
        """The line of ``step``, if there is one."""
        number = self._numbers.get(step)
        return None if number is None else self.lines[number]

    def find(self, rule: str, arguments: tuple[Any, ...], premises: tuple[Derivation[Any], ...]) -> Derivation[Any]:
        """The line that applies ``rule`` to ``premises``, which are lines of this replay.

        Raises :class:`Rejected` where there is none.
        """
        found = self.known((rule, arguments, tuple(self._places[id(p)] for p in premises)))
        if found is None:
            raise Rejected(f"there is no line that applies the rule {rule} as the graph asks for")
        self._used[id(found)] = found
        return found

    @property
    def used(self) -> list[Derivation[Any]]:
        """The lines that were found, in the order in which they were first asked for."""
        return list(self._used.values())


def replay(body: Json, widths: Iterable[Fraction], known: Callable[[str], Function | None]) -> Replayed:
    """Replay what :func:`tp.orders.proof.written.written` wrote, over ``widths``.

    ``known`` gives functions that rules already have by name. Raises :class:`Rejected` for the first line that does not
    follow. What is malformed raises whatever exception the rules raise.
    """
    facts = Decoder(body["facts"], known)
    sizes = set(widths)
    for name, size in facts.axes:
        if size not in sizes:
            raise Rejected(f"the axis {name} has the size n^({size}), which is no width")
    arguments = [tuple(map(facts.decoded, row)) for row in body["arguments"]]
    steps = [(rule, arguments[argument], tuple(premises)) for rule, argument, premises, _ in body["lines"]]
    for number, (_, _, premises) in enumerate(steps):
        if any(not 0 <= p < number for p in premises):
            raise Rejected(f"line {number} rests on a line that does not come before it")
    found = replayed(steps, Rules(sizes, [read_generator(g) for g in body["tracked"]], body["most"]))
    stated, places = body["values"], dict[Any, int]()
    for number, (line, row) in enumerate(zip(found.lines, body["lines"], strict=True)):
        seen = places.get(line.value)
        if seen is None and plain(line.value) == stated[row[3]]:
            places[line.value] = row[3]
        elif seen != row[3]:
            raise Rejected(f"line {number} does not follow by the rule {line.rule}")
    return found


def replayed(steps: Sequence[Step], rules: Rules) -> Replayed:
    """The lines of ``steps``, each of which rests on earlier ones. Raises :class:`Rejected` where two are equal."""
    found = Replayed(rules)
    for step in steps:
        rule, arguments, premises = step
        inputs = tuple(found.lines[p] for p in premises)
        value, notes = apply(rule, arguments, [p.value for p in inputs], rules)
        found.add(step, Derivation(rule, arguments, inputs, value, notes.union(*(p.notes for p in inputs))))
    return found


def apply(rule: str, arguments: tuple[Any, ...], values: list[Any], rules: Rules) -> tuple[Any, frozenset[str]]:
    """The value of a rule of either calculus, and its notes. Raises KeyError for an unknown rule."""
    if rule in RULES:
        return rules.apply_rule(rule, arguments, values)
    return NORM_RULES[rule](arguments, values), frozenset()
