"""Products with random matrices (calculus, theorems 3.6 to 3.8b): a fresh Gaussian vector, and a coherent part.

The rules follow from Yang's Master theorem (Tensor Programs III, 2021).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tp.orders.facts import Source
from tp.orders.typical.content import NOTHING, UNKNOWN, Content
from tp.orders.typical.context import Context, Symbol, total
from tp.orders.typical.contraction import contracted, extremes, forgotten, remaining, summed
from tp.orders.typical.f2 import numbers, union
from tp.orders.typical.generator import WideAxes
from tp.orders.typical.grains import Grains, grains, half
from tp.orders.typical.matrix_kinds import kind
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
        self.kind = kind(source, outs, ins)
        self.plain = not (self.kind.aligned and len(outs) == len(ins) == 1 and outs[0][1] == ins[0][1])
        self.images = at.images.setdefault((source, transpose, outs, ins), {})
        self.size = grains(source.exponent)
        self.tail, self.repeated = source.tail, source.repeated
        self.entries = total(ins)
        """The number of entries that are summed over, in grains."""
        # Flips of neighbourhoods are the same for W and for W'.
        side = f"{source.name}'@" if transpose and self.plain else f"{source.name}@"
        self.rows = at.flips.fresh(side, outs, self.kind.rows)

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

    def hits(self, term: Term) -> Grains:
        """How many entries of ``term`` that are not zero meet an entry of a row that is not."""
        entries, density = self.entries, self.kind.density
        if term.part < 0 and self.kind.dependent:
            return min(entries + term.part, entries - density)
        return entries + term.part - density

    def fresh(self, term: Term) -> Term:
        """A Gaussian vector, independent of all that W' was not applied to."""
        at, inner, kind = self.at, term.content, self.kind
        hits = self.hits(term)
        passed, sums = inner, 0
        for axis, width in self.ins:
            passed = forgotten(at, passed, axis)
            sums |= summed(at, inner, axis, grains(width), images=len(self.outs) > 1)
        through = NOTHING.with_degrees(passed.skewed)
        scattered = term.part < 0 and bool(inner.present & at.sparse)
        bound = term.bound or kind.thin or kind.aligned or scattered or (kind.returns and self.spanned(term))
        # The flips of W x: those of its rows, those of x seen through the covariance x.x', and what passes through.
        # Joint parities of what is summed over and what passes through stay known.
        own = self.seen(inner.loosened(sums), through)
        if scattered or (self.plain and (kind.aligned or (kind.thin and self.known(term)))):
            own = own.loosened(own.present)
        parts = (self.seen(c.loosened(sums), through) for c in term.members)
        members = members_of(own, parts) if term.members and not bound else ()
        axes = frozenset(a for a, _ in self.outs)
        symbol = Symbol(self.name, self.transpose, inner, own, axes, kind.regular)
        number = at.symbol(symbol, term.symbols)
        symbols = remaining(at, term.symbols, self.ins) | 1 << number
        size = term.size + self.size + half(max(hits, 0))
        return Term(size, own, min(hits, 0), bound, symbols, term.tail, members)

    def seen(self, inner: Content, through: Content) -> Content:
        """The content of W x for an x of content ``inner``; ``through`` are skewed sources that pass."""
        flips = self.at.flips
        if self.plain:
            images = flips.wrapped(inner, self.outs, self.ins, passed=-1, blur=self.kind.images)
        else:
            ((old, _),), ((new, _),) = self.ins, self.outs
            moved = sorted({(self.at.skewed_renamed(source, old, new), UNKNOWN) for source, _ in inner.skewed})
            images = flips.moved(inner, old, new).with_degrees(tuple(moved))
        return self.rows.times(images).times(through)

    def known(self, term: Term) -> int:
        """The products with the transpose that ``term`` depends on, on the axes that are summed over."""
        axes = frozenset(a for a, _ in self.ins)
        return term.symbols & self.at.symbols_of(self.name, not self.transpose, axes)

    def spanned(self, term: Term) -> bool:
        """Whether ``term`` may be a multiple of one of these products: it has the flips of that on these axes."""
        on = union(self.at.flips.on(axis) for axis, _ in self.ins)
        content = term.content.kept(on)
        return any(self.at.symbols[number].own.kept(on).inside(content) for number in numbers(self.known(term)))

    def heaviest(self, fresh: Term) -> Iterable[Term]:
        """The entries of the product that the largest entry of a heavy-tailed weight makes: one of all."""
        if self.tail is None:
            return
        ends, density = total(self.outs), self.kind.density
        usual = half(max(self.entries - density, 0))
        if self.repeated:
            # It stands in every row.
            gain, share = max(self.entries, ends) / self.tail - usual, fresh.part
        else:
            gain, share = (self.entries + ends - density) / self.tail - usual, min(fresh.part, -ends)
        if gain > 0:
            yield fresh._replace(size=fresh.size + gain, part=share, bound=True)

    def coherent(self, term: Term) -> Iterable[tuple[int, Term]]:
        """The Master theorem's correction: W' ψ(W y) has the part E[ψ'] y.

        For each such y the number of the symbol W y, and the part without the symbols inside it.
        """
        at, kind = self.at, self.kind
        hits = self.hits(term)
        column = half(max(kind.column, 0))
        for number in numbers(self.known(term)):
            symbol = at.symbols[number]
            if hits <= 0 or kind.thin:
                # Sums of so few entries have no mean that is known.
                content = self.seen(term.content, NOTHING)
                if self.plain:
                    content = content.times(symbol.inner)
                    content = content.loosened(content.present)
                size = term.size + self.size + max(hits, 0) - column
                yield number, Term(size, content, min(hits, 0), True, remaining(at, term.symbols, self.ins), term.tail)
                continue
            content = term.content.times(symbol.own)
            members = members_of(content, (c.times(symbol.own) for c in term.members)) if term.members else term.members
            mean = Term(0, content, term.part, symbols=term.symbols, tail=term.tail, members=members)
            for slope in contracted(at, mean, self.ins):
                gain = slope.size - kind.density
                if gain <= half(hits):
                    continue  # the mean slope vanishes; the fresh part dominates
                size = term.size + self.size + gain - column
                content = slope.content.times(symbol.inner)
                bound = term.bound or slope.bound or kind.aligned
                parts = members_of(content, (c.times(symbol.inner) for c in slope.members))
                yield number, Term(size, content, slope.part, bound, slope.symbols, slope.tail, parts)
