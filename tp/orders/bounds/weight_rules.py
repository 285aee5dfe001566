"""Bounds of weights that are read or applied, and that move themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tp.orders.bounds.linear_rules import flat_value
from tp.orders.bounds.norms import (
    Axes,
    Matrix,
    Norms,
    adversarial,
    closed,
    exchangeable,
    fresh,
    join,
    meet,
    product,
)
from tp.orders.bounds.table import CLASSES, CONTRACTED, FREE, NOTHING, PLACE, Table


def leaf_source(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """The moves of a weight that is read: n^{rate} times its cotangent, or n^{rate/2} times a unit vector.

    A move whose size (``along`` or ``free``) is None is left out.
    """
    rate, along, free, omega = arguments
    out = list(NOTHING)
    cotangent = premises[0][0]
    if along is not None and cotangent is not None:
        out[PLACE[1, 0]] = cotangent.scaled(rate + along)
    if free is not None:
        size = (rate + 1) // 2 + free
        out[PLACE[0, 1]] = closed(size + (omega + 1) // 2, size, size, omega)
    return tuple(out)


def leaf(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """A weight that is read: its entries, and its moves (the premise)."""
    return (flat_value(arguments, ())[0], *premises[0][1:])


def apply(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """W x of a moving x, plus the moves of W (the second premise)."""
    numbers, random, independent, light = arguments
    operand, *source = premises
    out: list[Norms | None] = list(source[0] if source else NOTHING)
    if not random:
        return tuple(out)
    m = Matrix(*numbers)
    omega = m.outs + m.rest
    for c, x in enumerate(operand):
        if x is None:
            continue
        image = adversarial(m, x)
        if c == 0 and independent:
            image = meet(image, fresh(m, x), omega)
        elif CLASSES[c][1] == 0 and light:
            image = meet(image, exchangeable(m, x), omega)
        out[c] = join(out[c], image)
    return tuple(out)


def apply_source(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """The moves of a weight times an operand.

    A free slot is a matrix of Frobenius norm n^{rate/2}; a contracted one is Σ left ⊗ right over the uses of the
    weight, premises (operand, left, right, left, right, ...), ``factors`` the axes of the two contractions of each.
    A move whose size (``along`` or ``free``) is None is left out.
    """
    rate, along, free, ins, outs, rest, factors = arguments
    operand, *sides = premises
    omega = outs + rest
    out: list[Norms | None] = list(NOTHING)
    for c, z in enumerate(operand):
        if z is None:
            continue
        if free is not None:
            size = (rate + 1) // 2 + free
            column = min(z.two, (ins + 1) // 2 + z.top)
            image = closed((outs + 1) // 2 + z.one + size, z.two + size, column + size, omega)
            out[FREE[c]] = join(out[FREE[c]], image)
        if along is None:
            continue
        for (inner, outer), left, right in zip(factors, sides[::2], sides[1::2], strict=True):
            x, y = left[0], right[0]
            if x is not None and y is not None:
                image = product(x, product(y, z, Axes(*inner)), Axes(*outer)).scaled(rate + along)
                out[CONTRACTED[c]] = join(out[CONTRACTED[c]], image)
    return tuple(out)
