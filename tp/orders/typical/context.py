"""The state that the rules of one analysis share: numbered flips, interned values, Gaussian symbols, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from tp.orders.facts import Source
from tp.orders.typical.content import NOTHING, Content
from tp.orders.typical.f2 import numbers, union
from tp.orders.typical.flips import Flips
from tp.orders.typical.generator import Generator, WideAxes
from tp.orders.typical.grains import Grains, grains, half
from tp.orders.typical.pruning import MOST, alike, merged, prune, united, widened
from tp.orders.typical.value import Term, Value, members_of

WIDENED = "sums of many terms were simplified: cancellations may be missed, and exponents too large, never too small"


Holds: TypeAlias = int | tuple[int]


class Symbol(NamedTuple):
    """Gaussian vectors W y (or W' y): the weight, its side, the content of y, the content and axes of W y.

    ``regular``: cumulants of their entries fall like those of sums over all entries of y.
    """

    source: str
    transpose: bool
    inner: Content
    own: Content
    axes: frozenset[str]
    regular: bool = True


class Context:
    """The memory of the rules over one set of widths.

    Generators, Gaussian symbols and skewed sources are numbered as they first appear, so the same applications in the
    same order give the same values. Values of more than ``most`` terms are simplified, with ``most`` 0 to a single one.
    """

    def __init__(
        self, widths: Iterable[Fraction], tracked: Iterable[Generator] | None = None, most: int = MOST
    ) -> None:
        exponents = sorted(set(widths)) or [Fraction(1)]
        self.flips = Flips(tracked)
        self.most = max(most, 0)
        self.largest = grains(exponents[-1])
        """The largest width in grains."""
        self.witnesses = 0
        """The generators of flips that made a mean vanish. A proof needs no others."""
        self.notes: set[str] = set()
        """Assumptions and losses of precision on the way to the value that is being derived."""
        self.symbols: list[Symbol] = []
        self.sparse = 0
        """The generators of weights that are read as values and are zero at most places."""
        self.memory: dict[object, tuple[Value, frozenset[str]]] = {}
        """The value and the notes of every application of a rule so far."""
        self.products: dict[object, Value] = {}
        self.sums: dict[WideAxes, dict[Term, tuple[Term, ...]]] = {}
        """Terms after a sum, by its axes."""
        self.images: dict[object, dict[Term, tuple[Term, tuple[tuple[int, Term], ...]]]] = {}
        """Terms after a product with each matrix, see :mod:`tp.orders.typical.matrix_rules`."""
        self.renamings: dict[tuple[str, str], tuple[dict[Content, Content], dict[int, int]]] = {}
        """Contents and vectors W y with one axis renamed, by the two names."""
        self.forgotten: dict[tuple[Content, str, bool], Content] = {}
        """Contents after a sum over an axis."""
        self.uncorrelated: dict[tuple[str, int], int] = {}
        """For axes and vectors on them, the flips of those of which no pair is correlated, but all together are."""
        self._inside: dict[int, int] = {}
        self._on: dict[str, int] = {}
        """The vectors W y on each axis."""
        self._made_by: dict[tuple[str, bool, frozenset[str]], int] = {}
        """The vectors W y by the weight, its side, and their axes."""
        self.spread = self.largest - grains(exponents[0])
        self._gaps: dict[WideAxes, Grains] = {}
        self._listed: list[Symbol] = []
        self._dimensions: list[int] = []
        """Of the contents of the listed vectors."""
        self._nested: dict[tuple[int, int], bool] = {}
        self._kinds: dict[Symbol, int] = {}
        self._leading: dict[int, int] = {}
        self._holds: list[Holds] = []
        """For every vector W y the vectors that y holds, or in a recurrence the kinds of all below."""
        self._below: list[int] = []
        """The kinds of every vector W y, of those that y holds, of those that these hold, and so on."""
        self._lower: dict[int, int] = {}
        """The kinds of all vectors of a set, of those that these hold, and so on."""
        self._numbers: dict[tuple[int, Holds], int] = {}
        self._skewed: dict[tuple[str, frozenset[str]], int] = {}
        self._skewed_axes: list[frozenset[str]] = []
        self.zero = Value(())
        self._values: dict[frozenset[Term], Value] = {(frozenset[Term]()): self.zero}
        self.one = self.value([Term(0, NOTHING)], ())

    # values ------------------------------------------------------------------------------------------

    @property
    def simplified(self) -> bool:
        """Whether values may have fewer flips or terms than are known."""
        return self.flips.forgotten or self.most < MOST

    def value(self, terms: Iterable[Term], axes: WideAxes) -> Value:
        """The interned value of ``terms`` on ``axes``, dominated terms dropped."""
        if self.flips.formal:
            terms = [part for t in terms for part in self._by_parity(t)]
        kept = tuple(terms)
        if len(kept) > 1:
            kept = prune(kept, self._gap(axes), self.flips.formal)
        if len(kept) > max(self.most, 1):
            self.notes.add(WIDENED)
            kept = self._simplified(kept)
        key = frozenset(kept)
        found = self._values.get(key)
        if found is None:
            found = self._values[key] = Value(kept)
        return found

    def _gap(self, axes: WideAxes) -> Grains:
        """The most that a cancellation over ``axes`` can cost."""
        found = self._gaps.get(axes)
        if found is None:
            found = self._gaps[axes] = half(total(axes)) + (self.spread if axes else 0)
        return found

    def _simplified(self, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        """Fewer terms, with as many of the joint parities as the limit allows."""
        formal = self.flips.formal
        if not self.most:
            return merged(terms, formal)
        groups = alike(terms, formal, tuple(self.flips.whole.values()))
        if len(groups) <= 2 * self.most:
            return tuple(map(united, groups))
        found = widened(terms, formal)
        least = sorted({t.size for t in found}, reverse=True)[: self.most][-1]
        return (*(t for t in found if t.size >= least), *merged([t for t in found if t.size < least], formal))

    def _by_parity(self, term: Term) -> Iterable[Term]:
        """The parts of ``term`` that are even and odd in each formal variable: orders of series differ between them."""
        formal = self.flips.formal
        parts = term.content.parts(formal)
        if len(parts) == 1:
            return (term,)
        if not term.members:
            return [term._replace(content=part) for part in parts]
        found: list[Term] = []
        for part in parts:
            own = [c for m in term.members for c in m.parts(formal) if not (c.offset ^ part.offset) & formal]
            bound = term.bound or not own
            found.append(term._replace(content=part, bound=bound, members=members_of(part, own)))
        return found

    # sources of randomness ---------------------------------------------------------------------------

    def entries(self, source: Source, axes: WideAxes) -> Content:
        """Content of first degree in the entries of a weight along all of ``axes``."""
        if not axes:
            return NOTHING
        if source.symmetric:
            content = self.flips.fresh(source.name, axes, None)
            self.sparse |= content.offset if source.density else 0
            return content
        return NOTHING.with_degrees(((self._skewed_number(source.name, frozenset(a for a, _ in axes)), 1),))

    def _skewed_number(self, name: str, places: frozenset[str]) -> int:
        number = self._skewed.setdefault((name, places), len(self._skewed))
        if number == len(self._skewed_axes):
            self._skewed_axes.append(places)
        return number

    def skewed_renamed(self, source: int, old: str, new: str) -> int:
        """The number of the skewed source ``source`` with its axis ``old``, if it has one, called ``new``."""
        name, places = list(self._skewed)[source]
        return self._skewed_number(name, frozenset(new if a == old else a for a in places))

    def skewed_axes(self, source: int) -> frozenset[str]:
        """The axes that the skewed source of this number lives on."""
        return self._skewed_axes[source]

    def symbol(self, symbol: Symbol, holds: int) -> int:
        """The number of a Gaussian vector W y whose y depends on the vectors ``holds``."""
        kind = self._kind_of(symbol)
        below = self._lower.get(holds)
        if below is None:
            below = self._lower[holds] = union([self._below[i] for i in numbers(holds)])
        if below >> kind & 1:
            return self._recurrent(kind, self._largest(below))
        return self._vector(kind, holds, below)

    def symbols_on(self, axis: str) -> int:
        """The Gaussian vectors that live on ``axis``, and maybe on others."""
        return self._on.get(axis, 0)

    def symbols_of(self, source: str, transpose: bool, axes: frozenset[str]) -> int:
        """The Gaussian vectors W y (or W' y) of one weight and side on these axes."""
        return self._made_by.get((source, transpose, axes), 0)

    def image(self, number: int, change: Callable[[Symbol], Symbol], known: dict[int, int]) -> int:
        """The vector that vector ``number`` becomes where ``change`` is made in it and in all that it holds.

        ``known`` are the images under this change so far.
        """
        found = known.get(number)
        if found is None:
            symbol, holds = change(self.symbols[number]), self._holds[number]
            if isinstance(holds, int):
                found = self.symbol(symbol, union([1 << self.image(i, change, known) for i in numbers(holds)]))
            else:
                below = union([1 << self._kind_of(change(self._listed[k])) for k in numbers(holds[0])])
                found = self._recurrent(self._kind_of(symbol), below)
            known[number] = found
        return found

    def _kind_of(self, symbol: Symbol) -> int:
        kind = self._kinds.get(symbol)
        if kind is None:
            kind = self._kinds[symbol] = len(self._listed)
            self._listed.append(symbol)
            self._dimensions.append(symbol.inner.dimension + symbol.own.dimension)
        return kind

    def _largest(self, below: int) -> int:
        """The kinds ``below`` without those whose contents lie in those of another of the same weight and side."""
        found = self._leading.get(below)
        if found is None:
            kept = 0
            families: dict[object, list[int]] = {}
            # A content lies only in those of higher dimension, which come first.
            for kind in sorted(numbers(below), key=self._dimensions.__getitem__, reverse=True):
                symbol = self._listed[kind]
                family = families.setdefault((symbol.source, symbol.transpose, symbol.axes), [])
                if not any(self._within(kind, large) for large in family):
                    family.append(kind)
                    kept |= 1 << kind
            found = self._leading[below] = kept
        return found

    def _within(self, small: int, large: int) -> bool:
        """Whether all that follows from the kind ``small`` also follows from ``large``, of the same weight and side."""
        found = self._nested.get((small, large))
        if found is None:
            one, other = self._listed[small], self._listed[large]
            found = one.inner.inside(other.inner) and one.own.inside(other.own)
            self._nested[small, large] = found
        return found

    def _recurrent(self, kind: int, below: int) -> int:
        """A vector below which one of its own kind lies, in a recurrence: of those below only kinds are remembered."""
        number = self._vector(kind, (below,), below)
        if number not in self._inside:
            # All vectors over the same kinds hold each other.
            ring = [self._vector(k, (below,), below) for k in numbers(below)]
            self._inside.update(dict.fromkeys([number, *ring], union(1 << vector for vector in ring)))
        return number

    def _vector(self, kind: int, holds: Holds, below: int) -> int:
        number = self._numbers.get((kind, holds))
        if number is None:
            number = self._numbers[kind, holds] = len(self.symbols)
            symbol = self._listed[kind]
            self.symbols.append(symbol)
            for axis in symbol.axes:
                self._on[axis] = self._on.get(axis, 0) | 1 << number
            made_by = (symbol.source, symbol.transpose, symbol.axes)
            self._made_by[made_by] = self._made_by.get(made_by, 0) | 1 << number
            self._holds.append(holds)
            self._below.append(below | 1 << kind)
            if isinstance(holds, int):
                self._inside[number] = holds
        return number

    def inside(self, number: int) -> int:
        """The vectors that the y of vector ``number`` depends on."""
        return self._inside[number]


def total(axes: WideAxes) -> Grains:
    """The number of entries along ``axes``, in grains."""
    return sum((grains(w) for _, w in axes), 0)
