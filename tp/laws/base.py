"""What a law of entries and a structure are: facts, and how to draw them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, Self

from tp.matrix_free.kind import Kind
from tp.matrix_free.source import Shape, Source
from tp.orders.facts import Source as Facts

Arguments = tuple[float, ...]
Entries = Callable[[Source, Shape], Any]
"""Draws independent entries with variance 1: those of a structure."""


@dataclass(frozen=True, slots=True)
class Family:
    """Facts about one law of entries, centred with variance 1 (the constant law: 0), and how to draw it.

    ``formula`` is the density of an entry z with mean 0 and variance 1, or its values, in LaTeX without dollars.
    ``arguments`` are the default extra arguments. ``draw(source, shape, arguments)`` returns an array.
    ``moments(arguments)`` is the p such that moments of order below p are finite; infinity where all are.
    ``dense``: it has a bounded density. ``atoms(arguments)`` are the values that have a positive probability.
    ``scratch`` is how many bytes an entry takes while it is drawn, in either precision: random bits and the numbers
    made of them. ``kind()`` are its matrices that are not arrays, if there are any: loaded late, because checking a
    program needs no arrays.
    """

    name: str
    symmetric: bool
    summary: str
    draw: Callable[[Source, Shape, Arguments], Any]
    arguments: tuple[float, ...] = ()
    moments: Callable[[tuple[float, ...]], float] = lambda _: float("inf")
    dense: bool = True
    atoms: Callable[[tuple[float, ...]], tuple[float, ...]] = lambda _: ()
    scratch: int = 24
    kind: Callable[[], Kind] | None = None
    formula: str = ""


class Growing(Protocol):
    """A number c n^w, of which there are products and powers."""

    @property
    def exponent(self) -> Fraction: ...
    def at(self, n: int) -> float: ...
    def __mul__(self, other: Self) -> Self: ...
    def __pow__(self, power: Fraction) -> Self: ...


WIDE = 10**6
"""Numbers with one power of n are compared at this width."""


def larger(one: Growing, other: Growing) -> Growing:
    """The one that is larger at all large widths."""
    if one.exponent != other.exponent:
        return one if one.exponent > other.exponent else other
    return one if one.at(WIDE) >= other.at(WIDE) else other


def inverse(size: Growing) -> Growing:
    return size ** Fraction(-1)


@dataclass(frozen=True, slots=True)
class Form:
    """Facts about one structure, and how to draw a matrix that has it.

    ``formula`` is the matrix W in LaTeX without dollars: Z has independent entries of the law, rows i and columns j
    count from 0, M and N are their numbers.

    ``size`` is the symbol of its size in messages, such as the rank r; None where it has none. ``share``: the size is
    the probability of an entry, else a whole number, at most the number of rows or columns where ``within`` says so.
    ``of_entries``: it is put around a law of entries; else its entries are those of ``family``, and ``number`` says
    what its only number is. ``zeros``: it has entries that start at zero. ``sums``: each entry is
    computed from many random numbers, so its values need not be values of the family.

    ``mean_square(rows, columns, size)`` is the mean square of all entries in units of the squared deviation. It is made
    of the numbers of rows and columns and the size as they are written, so exponents of n can be read off it.

    ``draw(source, rows, columns, size, entries, dtype)`` returns an array [rows, columns], in units of the deviation.
    ``size`` is then a number: the probability, or the whole number from :func:`whole`. Structures without one get 0.
    ``scratch`` and ``kind`` are as for :class:`Family`; a kind is one for all laws of entries but the normal one, where
    ``normal_kind`` is another. ``multiplications`` are those of drawing an array [rows, columns] of a size, beyond its
    entries.

    ``facts(entry, rows, columns, size)`` is what the calculi are told: ``entry`` is the law of the entries that are not
    zero, the others are exponents of n. ``product``: the matrix is a product A B' of two with such entries instead,
    and the size is the axis between them. ``spread``: sums over a row have a bounded density.
    """

    name: str
    summary: str
    draw: Callable[[Source, int, int, float, Entries, Any], Any]
    size: str | None = None
    share: bool = False
    within: tuple[str, ...] = ()
    of_entries: bool = True
    number: str = "standard deviation"
    family: str = "normal"
    zeros: bool = False
    sums: bool = False
    product: bool = False
    spread: bool = False
    scratch: int = 32
    mean_square: Callable[[Growing, Growing, Growing], Growing | float] = lambda rows, columns, size: 1.0
    kind: Callable[[], Kind] | None = None
    normal_kind: Callable[[], Kind] | None = None
    facts: Callable[[Facts, Fraction, Fraction, Fraction], Facts] = lambda entry, rows, columns, size: entry
    multiplications: Callable[[int, int, float], float] = lambda rows, columns, size: 0.0
    formula: str = ""

    def size_at(self, value: float) -> float:
        """The size at a width where it is ``value`` as written: a probability up to 1, or a whole number from 1 on."""
        return min(value, 1.0) if self.share else max(1, round(value))
