"""Products with random matrices (calculus, theorems 3.6 to 3.8): a fresh Gaussian vector, and a coherent part.

The rules are those of Yang's Master theorem read as bookkeeping.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tp.orders.facts import Source
from tp.orders.typical.content import Content
from tp.orders.typical.context import Context, Symbol, total
from tp.orders.typical.contraction import contracted, forgotten, remaining
from tp.orders.typical.flips import HALF, WideAxes
from tp.orders.typical.grains import grains, half
from tp.orders.typical.value import Term, Value


def apply(at: Context, arguments: tuple[Source, bool, WideAxes, WideAxes, WideAxes], values: Sequence[Value]) -> Value:
    """W x (or W' x): contracts ``ins``, makes ``outs``, passes ``rest`` along."""
    source, transpose, outs, ins, rest = arguments
    matrix = _Matrix(at, source, transpose, outs, ins)
    terms = [part for t in values[0].terms for part in (matrix.fresh(t), *matrix.coherent(t))]
    return at.value(terms, outs + rest)


@dataclass(frozen=True, slots=True)
class _Matrix:
    """One application of a weight; ``transpose`` applies W'."""

    at: Context
    source: Source
    transpose: bool
    outs: WideAxes
    ins: WideAxes

    def fresh(self, term: Term) -> Term:
        """A Gaussian vector, independent of all that W' was not applied to."""
        at, inner = self.at, term.content
        entries = total(self.ins) + term.part
        passed = inner
        for axis, _ in self.ins:
            passed = forgotten(at, passed, axis)
        own = self._flips(inner)
        axes = frozenset(a for a, _ in self.outs)
        number = at.symbol(Symbol(self.source.name, self.transpose, inner, own, axes), term.symbols)
        symbols = remaining(at, term.symbols, self.ins) | {number}
        size = term.size + grains(self.source.exponent) + half(max(entries, 0))
        return Term(size, own.times(passed), min(entries, 0), term.bound, symbols)

    def _flips(self, inner: Content) -> Content:
        """The flips of W x: those of its rows, and those of x seen through the covariance x.x'."""
        side = f"{self.source.name}'@" if self.transpose else f"{self.source.name}@"
        # A sum of many skewed entries is Gaussian up to n^{-1/2}: its flips are as blurred as inner ones.
        blur = None if self.source.symmetric else -min(w for _, w in self.ins) * HALF
        rows = self.at.flips.fresh(side, self.outs, blur)
        return rows.times(self.at.flips.wrapped(inner, self.outs, self.ins, self.transpose))

    def coherent(self, term: Term) -> Iterable[Term]:
        """The Master theorem's correction: W' ψ(W y) has the part E[ψ'] y."""
        at = self.at
        axes = frozenset(a for a, _ in self.ins)
        least = half(max(total(self.ins) + term.part, 0))
        for number in sorted(term.symbols):
            symbol = at.symbols[number]
            if symbol.source != self.source.name or symbol.transpose == self.transpose or symbol.axes != axes:
                continue
            slope = contracted(at, Term(0, term.content.times(symbol.own), term.part, symbols=term.symbols), self.ins)
            if slope.size <= least:
                continue  # the mean slope vanishes; the fresh part dominates
            size = term.size + grains(self.source.exponent) + slope.size - half(total(self.outs))
            symbols = slope.symbols | at.inside[number]
            yield Term(size, slope.content.times(symbol.inner), slope.part, term.bound, symbols)
