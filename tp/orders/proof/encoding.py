"""Arguments, facts and values of lines as JSON.

A line never states a fact about an axis, a law or a function. It refers to the one row of a table that does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Any

from tp.orders.facts import Function, Map, Rarity, Slope, Source
from tp.orders.typical.f2 import numbers
from tp.orders.typical.generator import Generator
from tp.orders.typical.value import Value

Json = dict[str, Any]

_RATIONAL = re.compile(r"-?\d{1,30}(/\d{1,30})?")
TABLES = ("axes", "source", "function", "map")
"""The tables of facts, by the word that refers to their rows."""


class Table:
    """Distinct rows, numbered in the order of their first use."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._numbers: dict[object, int] = {}

    def number(self, key: object, make: Callable[[], Any]) -> int:
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.rows)
            self.rows.append(make())
        return found


class Encoder:
    """Arguments of lines as JSON, with the tables of facts that they refer to."""

    def __init__(self) -> None:
        self.facts = {word: Table() for word in TABLES}

    def encoded(self, argument: Any) -> Any:
        match argument:
            case Function():
                return {"function": self.facts["function"].number(argument, lambda: self._row(argument))}
            case Source():
                return {"source": self.facts["source"].number(argument, lambda: self._row(argument))}
            case Map():
                return {"map": self.facts["map"].number(argument, lambda: self._row(argument))}
            case Rarity():
                return {"rarity": [self.encoded(a) for a in argument]}
            case (str() as name, Fraction() as size):
                return {"axes": self.facts["axes"].number(argument, lambda: [name, str(size)])}
            case Slope():
                return {"slope": self._row(argument)}
            case Fraction():
                return {"rational": str(argument)}
            case float():
                return {"real": repr(argument)}
            case tuple():
                return [self.encoded(a) for a in argument]
            case _:
                return argument

    def _row(self, fact: Any) -> list[Any]:
        return [self.encoded(getattr(fact, f.name)) for f in fields(fact)]


class Decoder:
    """The opposite of :class:`Encoder`. ``known`` gives the functions that rules already have by name.

    A function whose row differs from the facts of the known one becomes a function of its own.
    """

    def __init__(self, tables: Json, known: Callable[[str], Function | None]) -> None:
        self.axes = [(str(name), rational(size)) for name, size in tables["axes"]]
        self.sources = [self._fact(Source, row) for row in tables["source"]]
        self.maps = [self._fact(Map, row) for row in tables.get("map", ())]
        self.functions = [self._function(row, known) for row in tables["function"]]

    def _fact(self, kind: Callable[..., Any], row: Sequence[Any]) -> Any:
        return kind(*(self.decoded(a) for a in row))

    def _function(self, row: Sequence[Any], known: Callable[[str], Function | None]) -> Function:
        found = known(row[0]) if isinstance(row[0], str) else None
        if found is not None and [Encoder().encoded(getattr(found, f.name)) for f in fields(found)] == row:
            return found
        return self._fact(Function, row)

    def decoded(self, argument: Any) -> Any:
        if isinstance(argument, list):
            items: list[Any] = argument
            return tuple(self.decoded(a) for a in items)
        if isinstance(argument, dict):
            pair: Json = argument
            ((word, found),) = pair.items()
            match word:
                case "function":
                    return self.functions[_index(found)]
                case "source":
                    return self.sources[_index(found)]
                case "map":
                    return self.maps[_index(found)]
                case "axes":
                    return self.axes[_index(found)]
                case "slope":
                    return self._fact(Slope, found)
                case "rarity":
                    return self._fact(Rarity, found)
                case "rational":
                    return rational(found)
                case "real":
                    return float(found)
                case _:
                    raise ValueError(f"an argument of the unknown kind {word}")
        return argument


def _index(number: Any) -> int:
    if type(number) is not int or number < 0:
        raise ValueError(f"{number!r} is no row of a table")
    return number


def plain(value: Any) -> Any:
    """An abstract value as JSON: terms of the order calculus, or whatever tuples the norm calculus has."""
    if isinstance(value, Value):
        return [
            [
                str(t.exponent),
                str(t.share),
                t.bound,
                f"{t.content.offset:x}",
                [f"{b:x}" for b in t.content.basis],
                f"{t.content.free:x}",
                [list(s) for s in t.content.skewed],
                list(numbers(t.symbols)),
                [[plain(tuple(rarity)), plain(powers)] for rarity, powers in t.tail],
            ]
            for t in value.terms
        ]
    if isinstance(value, tuple):
        items: tuple[Any, ...] = value
        return [plain(v) for v in items]
    return str(value) if isinstance(value, Fraction) else value


def rational(text: str) -> Fraction:
    """An exponent in a certificate, of at most 30 digits a side. Raises ValueError for anything else."""
    if not _RATIONAL.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a rational number")
    return Fraction(text)


def write_generator(generator: Generator) -> list[Any]:
    blur = None if generator.blur is None else str(generator.blur)
    return [generator.root, generator.level, sorted(generator.axes), blur, generator.cause]


def read_generator(row: Sequence[Any]) -> Generator:
    root, level, axes, blur, cause = row
    return Generator(root, level, frozenset(axes), None if blur is None else rational(blur), cause)
