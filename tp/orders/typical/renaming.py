"""A wide axis under another name: a second index that runs over the same neurons (calculus, theorem 3.16)."""

from __future__ import annotations

from collections.abc import Sequence

from tp.orders.typical import tails
from tp.orders.typical.content import Content
from tp.orders.typical.context import Context, Symbol
from tp.orders.typical.f2 import numbers, union
from tp.orders.typical.generator import WideAxes
from tp.orders.typical.space import Images
from tp.orders.typical.value import Term, Value, ordered


def renamed(at: Context, arguments: tuple[str, str, WideAxes], values: Sequence[Value]) -> Value:
    """The operand with the wide axis ``old`` called ``new``: its flips and its Gaussian vectors move along."""
    old, new, axes = arguments

    contents, vectors = at.renamings.setdefault((old, new), ({}, {}))

    def source(number: int) -> int:
        return at.skewed_renamed(number, old, new)

    images = Images(lambda number: at.flips.renamed(number, old, new, source))

    def content(found: Content) -> Content:
        image = contents.get(found)
        if image is None:
            skewed = tuple(sorted((source(number), degree) for number, degree in found.skewed))
            image = contents[found] = found.mapped(images).with_degrees(skewed)
        return image

    def symbol(found: Symbol) -> Symbol:
        places = frozenset(new if a == old else a for a in found.axes)
        return found._replace(inner=content(found.inner), own=content(found.own), axes=places)

    def term(found: Term) -> Term:
        images = union([1 << at.image(number, symbol, vectors) for number in numbers(found.symbols)])
        parts = ordered(map(content, found.members))
        tail = tails.renamed(found.tail, old, new)
        return found._replace(content=content(found.content), symbols=images, tail=tail, members=parts)

    return at.value(map(term, values[0].terms), axes)
