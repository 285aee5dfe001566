"""Bounds of the derivatives of F: the source at each node times the derivative of F by that node."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tp.orders.bounds.norms import Norms, dot, join
from tp.orders.bounds.table import CLASSES, MOVING, NOTHING, ONE_FREE, PLACE, Table, joined


def pair(_: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """The part of the derivatives of F that arises at one node: its cotangent times its source."""
    cotangent, source = premises[0][0], premises[1]
    if cotangent is None:
        return NOTHING
    return tuple(None if s is None else Norms(*(dot(cotangent, s),) * 3) for s in source)


def pair_free(_: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """The same at a point that has moved along computed directions: the cotangent moves, the source is free."""
    cotangent, source = premises
    out: list[Norms | None] = list(NOTHING)
    for a, b, c in ONE_FREE:
        x, y = cotangent[a], source[b]
        if x is not None and y is not None:
            out[c] = join(out[c], Norms(*(dot(x, y),) * 3))
    return tuple(out)


def output(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """The least of three bounds of F: its own table, the sum of pairs, the sum of pairs at a moved point.

    Premises: F, ``count`` pairs, and the pairs at a moved point, which bound classes with a free slot only.
    """
    (count,) = arguments
    forward, *parts = premises
    bounds = [forward]
    for some in (parts[:count], parts[count:]):
        total: Table = NOTHING
        for part in some:
            total = joined(total, part)
        bounds.append(total)
    return (
        forward[0],
        *(_least([b[c] for b in bounds[: 3 if CLASSES[c][1] else 2]]) for c in MOVING),
    )


def _least(bounds: Sequence[Norms | None]) -> Norms | None:
    known = [b for b in bounds if b is not None]
    return min(known) if len(known) == len(bounds) else None


def form(arguments: tuple[Any, ...], premises: Sequence[Table]) -> tuple[Fraction, Fraction, Fraction] | None:
    """(A, λ, μ) with C^{D,d} = O(n^{A - λd - μD}) for all d, D of a class."""
    free, along, grain, rates = arguments
    found = premises[0][PLACE[along, free]]
    if found is None:
        return None
    return Fraction(found.top, grain), Fraction(rates[0], grain), Fraction(rates[1], grain)
