"""Positions along an axis: whole numbers, or sizes that grow with n."""

from __future__ import annotations

from collections.abc import Sequence

from tp.imports.traced.equation import Shape
from tp.imports.traced.sizes import Size

Edge = int | Size


def size(edge: Edge) -> Size:
    return Size.of(edge)


def plus(one: Size, other: Size) -> Size | None:
    """The sum, where it is a multiple of a power of n."""
    if not comparable(one, other):
        return None
    return Size(one.factor + other.factor, other.exponent if other.factor else one.exponent)


def minus(one: Size, other: Size) -> Edge:
    """The difference of two comparable sizes."""
    factor = one.factor - other.factor
    return Size(factor, one.exponent) if factor else 0


def comparable(*sizes: Size) -> bool:
    """Whether sizes other than 0 are multiples of one power of n."""
    return len({one.exponent for one in sizes if one.factor}) <= 1


def between(start: Edge, limit: Edge) -> Size:
    return size(minus(size(limit), size(start)))


def ends(shape: Shape) -> tuple[Edge, ...]:
    """The last edge along each axis."""
    return tuple(one if one.wide else one.finite for one in shape)


def merged(cuts: Sequence[Sequence[Edge]]) -> list[Edge]:
    """All edges of several ways to cut one axis, in order. None at all where they are not comparable."""
    edges = {size(edge).factor: edge for each in cuts for edge in each}
    if not comparable(*map(size, edges.values())):
        return []
    return [edges[factor] for factor in sorted(edges)]


def summed(pieces: Sequence[Size]) -> list[Edge]:
    """The edges of pieces that lie side by side. None at all where an edge is no multiple of a power of n."""
    edges: list[Edge] = [0]
    for piece in pieces:
        after = plus(size(edges[-1]), piece)
        if after is None:
            return []
        edges.append(after)
    return edges
