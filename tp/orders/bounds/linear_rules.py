"""Bounds of values, of linear combinations and of products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tp.orders.bounds.norms import Axes, Norms, closed, contracted, flat, join, meet, product, repeated
from tp.orders.bounds.table import BOTH_FREE, BOTH_MOVE, MOVING, NOTHING, PLACE, Table, joined, still


def flat_value(arguments: tuple[Any, ...], _: Sequence[Table]) -> Table:
    """Entries of size n^exponent, the largest one n^heavy larger; the exponent None means identically zero.

    With a fourth argument only a share n^-density of them is not zero.
    """
    exponent, omega, heavy, *few = arguments
    if exponent is None:
        return NOTHING
    entries = max(omega - sum(few), 0)
    return still(closed(exponent + entries, exponent + (entries + 1) // 2, exponent + heavy, omega))


def mask(arguments: tuple[Any, ...], _: Sequence[Table]) -> Table:
    """n^count ones among n^omega entries, zeros elsewhere."""
    count, omega = arguments
    return still(closed(count, (count + 1) // 2, 0, omega))


def detach(_: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """The value without its moves."""
    return still(premises[0][0])


def linear(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """Σ n^{exponent} operand, each first summed over n^gone entries and then repeated n^more times."""
    terms, omega = arguments
    out: Table = NOTHING
    for (exponent, gone, more), table in zip(terms, premises, strict=True):
        if exponent is not None:
            out = joined(out, tuple(_through(x, exponent, gone, more, omega) for x in table))
    return out


def _through(x: Norms | None, exponent: int, gone: int, more: int, omega: int) -> Norms | None:
    if x is None:
        return None
    if gone:
        x = contracted(x, gone, omega - more)
    if more:
        x = repeated(x, more)
    return x.scaled(exponent) if exponent else x


def refined(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """Sizes of entries that are known from elsewhere, by number of contracted slots; None is not known."""
    sizes, omega = arguments
    table = list(premises[0])
    for i, size in enumerate(sizes):
        place = PLACE[i, 0]
        known = table[place]
        if size is not None and known is not None:
            table[place] = meet(known, flat(size, omega), omega)
    return tuple(table)


def product_source(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """The part of a product in which both factors move (``free``: both along the free direction)."""
    dims, free = arguments
    axes = Axes(*dims)
    left, right = premises
    out: list[Norms | None] = list(NOTHING)
    for a, b, c in BOTH_FREE if free else BOTH_MOVE:
        x, y = left[a], right[b]
        if x is not None and y is not None:
            out[c] = join(out[c], product(x, y, axes))
    return tuple(out)


def product_value(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """A product: one factor moves, or both do (the third premise)."""
    axes = Axes(*arguments)
    left, right, *source = premises
    x0, y0 = left[0], right[0]
    out: list[Norms | None] = list(source[0] if source else NOTHING)
    out[0] = None if x0 is None or y0 is None else product(x0, y0, axes)
    for c in MOVING:
        x, y = left[c], right[c]
        if x is not None and y0 is not None:
            out[c] = join(out[c], product(x, y0, axes))
        if y is not None and x0 is not None:
            out[c] = join(out[c], product(x0, y, axes))
    return tuple(out)
