"""What a law of entries and a structure are: facts, and how to draw them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tp.matrix_free.source import Shape, Source

Arguments = tuple[float, ...]
Entries = Callable[[Source, Shape], Any]
"""Draws independent entries with variance 1: those of a structure."""


@dataclass(frozen=True, slots=True)
class Family:
    """Facts about one law of entries, centred with variance 1 (the constant law: 0), and how to draw it.

    ``arguments`` are the default extra arguments. ``draw(source, shape, arguments)`` returns an array.
    ``moments(arguments)`` is the p such that moments of order below p are finite; infinity where all are.
    ``dense``: it has a bounded density. ``scratch`` is how many bytes an entry takes while it is drawn, in either
    precision: random bits and the numbers made of them.
    """

    name: str
    symmetric: bool
    summary: str
    draw: Callable[[Source, Shape, Arguments], Any]
    arguments: tuple[float, ...] = ()
    moments: Callable[[tuple[float, ...]], float] = lambda _: float("inf")
    dense: bool = True
    scratch: int = 24


@dataclass(frozen=True, slots=True)
class Form:
    """Facts about one structure, and how to draw a matrix that has it.

    ``size`` is the symbol of its size in messages, such as the rank r; None where it has none. ``share``: the size is
    the probability of an entry, else a whole number. ``of_entries``: it is put around a law of entries; else its
    entries are those of ``family``. ``zeros``: it has entries that start at zero.

    ``draw(source, rows, columns, size, entries, dtype)`` returns an array [rows, columns], in units of the deviation.
    ``size`` is then a number: the probability, or the whole number from :func:`whole`. Structures without one get 0.
    ``scratch`` is as for :class:`Family`.
    """

    name: str
    summary: str
    draw: Callable[[Source, int, int, float, Entries, Any], Any]
    size: str | None = None
    share: bool = False
    of_entries: bool = True
    family: str = "normal"
    zeros: bool = False
    scratch: int = 32

    def size_at(self, value: float) -> float:
        """The size at a width where it is ``value`` as written: a probability up to 1, or a whole number from 1 on."""
        return min(value, 1.0) if self.share else max(1, round(value))
