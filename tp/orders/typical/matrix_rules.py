"""Products with random matrices (calculus, theorems 3.6 to 3.8): a fresh Gaussian vector, and a coherent part.

The rules follow from Yang's Master theorem (Tensor Programs III, 2021).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tp.orders.facts import Source
from tp.orders.typical.content import NOTHING, Content
from tp.orders.typical.context import Context, Symbol, total
from tp.orders.typical.contraction import contracted, extremes, forgotten, remaining, summed
from tp.orders.typical.f2 import numbers
from tp.orders.typical.flips import HALF
from tp.orders.typical.generator import WideAxes
from tp.orders.typical.grains import grains, half
from tp.orders.typical.value import Term, Value, members_of


def apply(at: Context, arguments: tuple[Source, bool, WideAxes, WideAxes, WideAxes], values: Sequence[Value]) -> Value:
    """W x (or W' x): contracts ``ins``, makes ``outs``, passes ``rest`` along."""
    source, transpose, outs, ins, rest = arguments
    matrix = _Matrix(at, source, transpose, outs, ins)
    parts = [part for t in values[0].terms for part, _ in extremes(t, ins)]
    return at.value([image for part in parts for image in matrix.applied(part)], outs + rest)


class _Matrix:
    """One application of a weight; ``transpose`` applies W'."""

    def __init__(self, at: Context, source: Source, transpose: bool, outs: WideAxes, ins: WideAxes) -> None:
        self.at, self.name, self.transpose, self.outs, self.ins = at, source.name, transpose, outs, ins
        self.images = at.images.setdefault((source, transpose, outs, ins), {})
        self.size = grains(source.exponent)
        self.tail = source.tail
        self.entries = total(ins)
        """The number of entries that are summed over, in grains."""
        side = f"{source.name}'@" if transpose else f"{source.name}@"
        # A sum of many skewed entries is Gaussian up to n^{-1/2}: its flips are as blurred as inner ones.
        blur = None if source.symmetric else -sum(w for _, w in ins) * HALF
        self.rows = at.flips.fresh(side, outs, blur)

    def applied(self, term: Term) -> Iterable[Term]:
        """The parts of the product with ``term``."""
        at = self.at
        found = self.images.get(term)
        if found is None:
            found = self.images[term] = (self.fresh(term), tuple(self.coherent(term)))
        fresh, coherent = found
        yield fresh
        yield from self.heaviest(fresh)
        for number, part in coherent:
            yield part._replace(symbols=part.symbols | at.inside(number))

    def fresh(self, term: Term) -> Term:
        """A Gaussian vector, independent of all that W' was not applied to."""
        at, inner = self.at, term.content
        entries = self.entries + term.part
        passed, sums = inner, 0
        for axis, width in self.ins:
            passed = forgotten(at, passed, axis)
            sums |= summed(at, inner, axis, grains(width), images=len(self.outs) > 1)
        through = NOTHING.with_degrees(passed.skewed)
        # The flips of W x: those of its rows, those of x seen through the covariance x.x', and what passes through.
        # Joint parities of what is summed over and what passes through stay known.
        own = self.seen(inner.loosened(sums), through)
        parts = (self.seen(c.loosened(sums), through) for c in term.members)
        members = members_of(own, parts) if term.members else term.members
        axes = frozenset(a for a, _ in self.outs)
        number = at.symbol(Symbol(self.name, self.transpose, inner, own, axes), term.symbols)
        symbols = remaining(at, term.symbols, self.ins) | 1 << number
        size = term.size + self.size + half(max(entries, 0))
        return Term(size, own, min(entries, 0), term.bound, symbols, term.tail, members)

    def seen(self, inner: Content, through: Content) -> Content:
        """The content of W x for an x of content ``inner``; ``through`` are skewed sources that pass."""
        return self.rows.times(self.at.flips.wrapped(inner, self.outs, self.ins, passed=-1)).times(through)

    def heaviest(self, fresh: Term) -> Iterable[Term]:
        """The entries of the product that the largest entry of a heavy-tailed weight makes: one of all."""
        if self.tail is None:
            return
        gain = (self.entries + total(self.outs)) / self.tail - half(self.entries)
        if gain > 0:
            yield fresh._replace(size=fresh.size + gain, part=min(fresh.part, -total(self.outs)), bound=True)

    def coherent(self, term: Term) -> Iterable[tuple[int, Term]]:
        """The Master theorem's correction: W' ψ(W y) has the part E[ψ'] y.

        For each such y the number of the symbol W y, and the part without the symbols inside it.
        """
        at = self.at
        axes = frozenset(a for a, _ in self.ins)
        least = half(max(self.entries + term.part, 0))
        for number in numbers(term.symbols & at.symbols_of(self.name, not self.transpose, axes)):
            symbol = at.symbols[number]
            content = term.content.times(symbol.own)
            members = members_of(content, (c.times(symbol.own) for c in term.members)) if term.members else term.members
            mean = Term(0, content, term.part, symbols=term.symbols, tail=term.tail, members=members)
            for slope in contracted(at, mean, self.ins):
                if slope.size <= least:
                    continue  # the mean slope vanishes; the fresh part dominates
                size = term.size + self.size + slope.size - half(total(self.outs))
                content = slope.content.times(symbol.inner)
                bound = term.bound or slope.bound
                parts = members_of(content, (c.times(symbol.inner) for c in slope.members))
                yield number, Term(size, content, slope.part, bound, slope.symbols, slope.tail, parts)
