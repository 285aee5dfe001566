"""Abstract values: a sum of asymptotic terms, each an exponent of n and a content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tp.orders.typical.content import Content, hull


@dataclass(frozen=True, slots=True)
class Term:
    """A part of typical entry size n^exponent whose cancellations are governed by ``content``.

    A ``share`` below 0 says that only a fraction n^share of the entries is not zero. A ``bound`` may be smaller than
    said.
    """

    exponent: Fraction
    content: Content
    share: Fraction = Fraction(0)
    bound: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Value:
    """A set of terms; the empty set is a quantity that vanishes identically.

    Values are interned by the calculus that makes them, so identity is equality.
    """

    terms: tuple[Term, ...]

    @property
    def exponent(self) -> Fraction | None:
        """The typical exponent: that of the largest term; None for identically zero."""
        return max((t.exponent for t in self.terms), default=None)

    @property
    def exact(self) -> bool:
        """Whether the exponent is attained, not only a bound."""
        top = self.exponent
        return top is None or any(t.exponent == top and not t.bound for t in self.terms)

    @property
    def root_mean_square(self) -> Fraction | None:
        """As :attr:`exponent`, entries that are mostly zero counted by their root mean square."""
        return max((t.exponent + t.share / 2 for t in self.terms), default=None)


MOST = 6
"""A value with more terms than this is :func:`widened`."""


def prune(terms: Iterable[Term], gap: Fraction, apart: int = 0) -> tuple[Term, ...]:
    """``terms`` without those that others dominate whatever they are multiplied by.

    A term is dominated by a larger one with the same cancellations (or fewer), and by any exact one that is larger
    by ``gap``, the most that a cancellation can cost, if they agree in the generators ``apart``. Terms that differ
    only in the Gaussian symbols that they
    hold are one term holding all: what W' makes of them is the same sum.
    """
    symbols: dict[Term, frozenset[int]] = {}
    for term in terms:
        key = Term(term.exponent, term.content.bare(), term.share, term.bound)
        symbols[key] = symbols.get(key, frozenset()) | term.content.symbols
    joined = [Term(t.exponent, t.content.holding(held), t.share, t.bound) for t, held in symbols.items()]
    joined.sort(key=lambda t: (-t.exponent, t.bound, -t.share, len(t.content.basis), t.content.offset))
    kept: list[Term] = []
    far: dict[int, Fraction] = {}
    for term in joined:
        side = term.content.offset & apart
        if side in far and term.exponent <= far[side]:
            continue
        if side not in far and not term.bound:
            far[side] = term.exponent + term.share - gap
        if not any(term.share <= k.share and k.bound <= term.bound and term.content.inside(k.content) for k in kept):
            kept.append(term)
    return tuple(kept)


def widened(terms: Iterable[Term], apart: int = 0, together: Iterable[int] = ()) -> tuple[Term, ...]:
    """One term for each exponent: what all of its terms are odd in stays known, the rest is given up.

    Terms of different parity in the generators ``apart``, or under the joint flips ``together``, stay apart.
    """
    groups: dict[object, list[Term]] = {}
    for term in terms:
        parities = tuple(term.content.parity(flip) for flip in together)
        groups.setdefault((term.exponent, term.share, term.content.offset & apart, parities), []).append(term)
    return tuple(map(_united, groups.values()))


def merged(terms: Iterable[Term], apart: int = 0) -> tuple[Term, ...]:
    """A single term as large as the largest, one for each parity in the generators ``apart``."""
    groups: dict[int, list[Term]] = {}
    for term in terms:
        groups.setdefault(term.content.offset & apart, []).append(term)
    return tuple(map(_united, groups.values()))


def _united(group: list[Term]) -> Term:
    if len(group) == 1:
        return group[0]
    top = max(t.exponent for t in group)
    bound = all(t.bound for t in group if t.exponent == top)
    return Term(top, hull(t.content for t in group), max(t.share for t in group), bound)
