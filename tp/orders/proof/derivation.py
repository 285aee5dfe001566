"""Derivations: the values of the symbolic interpreters, each with the rule that gave it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, eq=False, slots=True)
class Derivation(Generic[V]):
    """``value`` follows by ``rule`` with ``arguments`` from the values of ``premises``.

    ``arguments`` are plain data (None, bool, int, str, Fraction, Source, Function, and tuples of them), so that a
    derivation can be written down and replayed with the rules alone.
    """

    rule: str
    arguments: tuple[Any, ...]
    premises: tuple[Derivation[Any], ...] = field(repr=False)  # shared, so that their text would grow exponentially
    value: V
    notes: frozenset[str] = frozenset()
    """Assumptions and losses of precision on the way."""


def lines(roots: Iterable[Derivation[Any]]) -> list[Derivation[Any]]:
    """All lines that ``roots`` depend on, themselves included, premises before conclusions."""
    seen: dict[int, Derivation[Any]] = {}
    stack: list[tuple[Derivation[Any], bool]] = [(root, False) for root in roots]
    while stack:
        line, ready = stack.pop()
        if ready:
            seen.setdefault(id(line), line)
        elif id(line) not in seen:
            stack.append((line, True))
            stack.extend((p, False) for p in line.premises if id(p) not in seen)
    return list(seen.values())
