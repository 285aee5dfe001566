"""Abstract values: a sum of asymptotic terms, each an exponent of n and a content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from tp.orders.typical import grains
from tp.orders.typical.content import Content
from tp.orders.typical.f2 import union
from tp.orders.typical.grains import Grains
from tp.orders.typical.tails import Tail, worst

Members: TypeAlias = tuple[Content, ...]
MANY = 3
"""The most contents of parts that a term remembers."""


class Term(NamedTuple):
    """A part of a value: typical entry size n^exponent. ``content`` decides which of its means vanish.

    ``size`` is the exponent in grains. ``part`` is the share of the entries that are not 0, as a power of n in
    grains: 0 for all of them, negative for a vanishing share. A ``bound`` is at most of this size.
    ``symbols`` are the products W x that the part depends on, a bit for the number of each, needed when W' is applied.
    ``tail`` says at which few places, and by how much, it is larger or smaller than that. ``members`` are contents of
    parts of this size where ``content`` holds more than these together; it is empty elsewhere, and in bounds.
    """

    size: Grains
    content: Content
    part: Grains = 0
    bound: bool = False
    symbols: int = 0
    tail: Tail = ()
    members: Members = ()

    @staticmethod
    def of(exponent: Fraction, content: Content, share: Fraction = Fraction(0), bound: bool = False) -> Term:
        """The term of size n^exponent at n^share of the entries."""
        return Term(grains.grains(exponent), content, grains.grains(share), bound)

    @property
    def exponent(self) -> Fraction:
        """The exponent of n of a typical entry that is not 0."""
        return grains.exponent(self.size)

    @property
    def share(self) -> Fraction:
        """The exponent of n of the share of entries that are not 0."""
        return grains.exponent(self.part)


_RANK = attrgetter("rank")


def members_of(content: Content, contents: Iterable[Content]) -> Members:
    """``contents`` of parts of a term with ``content``; none are needed where one of them is the whole."""
    found = frozenset(contents)
    return () if content in found else _remembered(found)


@lru_cache(maxsize=1 << 16)
def _remembered(contents: frozenset[Content]) -> Members:
    """At most ``MANY`` of ``contents``, none inside another that is kept."""
    kept: list[Content] = []
    for one in sorted(contents, key=_RANK):
        for other in kept:
            if one.inside(other):
                break
        else:
            kept.append(one)
            if len(kept) == MANY:
                break
    return tuple(kept)


def ordered(contents: Iterable[Content]) -> Members:
    """All of ``contents``, the likeliest to have a mean first."""
    return tuple(sorted(set(contents), key=_RANK))


def symbols_of(terms: Iterable[Term]) -> int:
    """All Gaussian symbols that some of ``terms`` depend on."""
    return union(t.symbols for t in terms)


@dataclass(frozen=True, eq=False, slots=True)
class Value:
    """A set of terms; the empty set is a quantity that vanishes identically.

    Values are interned by the rules that make them, so identity is equality.
    """

    terms: tuple[Term, ...]
    top: Grains | None = field(init=False)
    """The size of the largest term in grains; None for identically zero."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "top", max((t.size for t in self.terms), default=None))

    @property
    def exponent(self) -> Fraction | None:
        """The typical exponent of n: that of the largest term; None for identically zero."""
        return None if self.top is None else grains.exponent(self.top)

    @property
    def exact(self) -> bool:
        """Whether the exponent is attained, not only a bound."""
        return self.top is None or any(t.size == self.top and not t.bound for t in self.terms)

    def of_parity(self, bit: int, odd: bool) -> Fraction | None:
        """The exponent of the part that is odd (or even) in the formal variable with the mask ``bit``."""
        return max((t.exponent for t in self.terms if bool(t.content.offset & bit) is odd), default=None)

    @property
    def root_mean_square(self) -> Fraction | None:
        """As :attr:`exponent`, but rare entries are counted by their root mean square."""
        return self._most(Fraction(1, 2))

    @property
    def extreme(self) -> Fraction | None:
        """The exponent of the largest entry, heavy tails included; None for identically zero."""
        return self._most(Fraction(0))

    def _most(self, weight: Fraction) -> Fraction | None:
        """The largest exponent of entries plus ``weight`` times that of their share."""
        sizes = [
            t.size + (worst(t.tail, weight, t.part) if t.tail else grains.scaled(t.part, weight)) for t in self.terms
        ]
        return grains.exponent(max(sizes)) if sizes else None
