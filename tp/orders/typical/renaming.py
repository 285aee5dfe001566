"""A wide axis under another name: a second index that runs over the same neurons (calculus, theorem 3.16)."""

from __future__ import annotations

from collections.abc import Sequence

from tp.orders.typical import tails
from tp.orders.typical.content import Content
from tp.orders.typical.context import Context, Symbol
from tp.orders.typical.generator import WideAxes
from tp.orders.typical.value import Term, Value


def renamed(at: Context, arguments: tuple[str, str, WideAxes], values: Sequence[Value]) -> Value:
    """The operand with the wide axis ``old`` called ``new``: its flips and its Gaussian vectors move along."""
    old, new, axes = arguments

    def content(found: Content) -> Content:
        kept = found.mapped(lambda number: at.flips.renamed(number, old, new))
        skewed = tuple(sorted((at.skewed_renamed(source, old, new), degree) for source, degree in found.skewed))
        return Content(kept.offset, kept.basis, kept.free, skewed)

    def symbol(found: Symbol) -> Symbol:
        places = frozenset(new if a == old else a for a in found.axes)
        return found._replace(inner=content(found.inner), own=content(found.own), axes=places)

    def term(found: Term) -> Term:
        vectors = frozenset(at.image(number, symbol) for number in found.symbols)
        return found._replace(content=content(found.content), symbols=vectors, tail=tails.renamed(found.tail, old, new))

    return at.value(map(term, values[0].terms), axes)
