"""Numbers for single weights, by names that stand for weights: ``W=0.1,feed/A=0``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from tp.graph.weight_names import covers
from tp.written import number

Otherwise = TypeVar("Otherwise")


class ByWeight(Mapping[str, float]):
    """An immutable mapping from names to numbers, equal to another one with the same pairs in any order."""

    __slots__ = ("_pairs",)

    def __init__(self, numbers: Mapping[str, float] | None = None) -> None:
        self._pairs = tuple(sorted((numbers or {}).items()))

    def __getitem__(self, name: str) -> float:
        return dict(self._pairs)[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __hash__(self) -> int:
        return hash(self._pairs)

    def __repr__(self) -> str:
        return repr(dict(self._pairs))

    def __str__(self) -> str:
        return ", ".join(f"{name} {value:g}" for name, value in self._pairs)


def read(text: str) -> ByWeight:
    """The numbers in a text such as ``W=0.1,U=0``. Raises ValueError."""
    found: dict[str, float] = {}
    for part in text.split(","):
        name, equals, value = (word.strip() for word in part.partition("="))
        if not (name and equals):
            raise ValueError("it must be names of weights with numbers, such as W=0.1,U=0")
        if name in found:
            raise ValueError(f"{name} is there twice")
        found[name] = number()(value)
    return ByWeight(found)


def number_of(weight: str, numbers: Mapping[str, float], otherwise: Otherwise) -> float | Otherwise:
    """The number of ``weight``: that of the longest name that stands for it, or else ``otherwise``."""
    names = [name for name in numbers if covers(name, weight)]
    return numbers[max(names, key=len)] if names else otherwise
