"""Bounds of pointwise functions of jets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tp.orders.bounds.functions import Below, FunctionDigest, at_base, factor, tail
from tp.orders.bounds.norms import Norms, entrywise, join
from tp.orders.bounds.table import AFTER, BEYOND, BOTH_FREE, BOTH_MOVE, MOVING, NOTHING, SATURATED, Table, joined


def powers(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """Σ_{k >= 2} φ^{(k)}(base) m^k / k! for the moving part m (``free``: with two factors along the free direction).

    A series that does not end needs m = O(1) in ℓ∞ (relative to the base where φ is homogeneous): then m^k for k >= 3
    is no larger than m times a lower power, and the sum is closed in one sweep over the classes.
    """
    digest, vouched, free, known, omega = arguments
    below = None if known is None else Below(*known)
    function = FunctionDigest(*digest)
    pairs = BOTH_FREE if free else BOTH_MOVE
    table = premises[0]
    base = table[0]
    moving: Table = (None, *table[1:])
    if function.endless:
        shift, second, rest = tail(function, base, vouched, below)
        moving = tuple(x and x.scaled(shift) for x in moving)
        if any(x is not None and x.top > 0 for x in moving):
            lost = Norms(BEYOND, BEYOND, BEYOND)
            return tuple(lost if c in SATURATED else x for c, x in enumerate(_times(moving, moving, pairs)))
        square = _times(moving, moving, pairs)
        higher = _higher(moving, square)
        return joined(_scaled(square, second), _scaled(higher, rest))
    out: Table = NOTHING
    power = moving
    for k in range(2, len(function.slopes)):
        power = _times(moving, power, pairs if k == 2 else BOTH_MOVE)
        out = joined(out, _weighted(power, factor(function, k, base, vouched, below, omega)))
    return out


def _times(left: Table, right: Table, pairs: Iterable[tuple[int, int, int]]) -> Table:
    out: list[Norms | None] = list(NOTHING)
    for a, b, c in pairs:
        x, y = left[a], right[b]
        if x is not None and y is not None:
            out[c] = join(out[c], entrywise(x, y))
    return tuple(out)


def _higher(moving: Table, square: Table) -> Table:
    """Σ_{k >= 3} m^k = m (m^2 + Σ_{k >= 3} m^k). With |m| <= 1 a product that stays in its class does not grow."""
    total = list(square)
    out: list[Norms | None] = list(NOTHING)
    for b in MOVING:
        y = total[b]
        if y is None:
            continue
        for a, c in AFTER[b]:
            x = moving[a]
            if x is not None:
                image = entrywise(x, y)
                out[c] = join(out[c], image)
                if c != b:
                    total[c] = join(total[c], image)
    return tuple(out)


def _scaled(table: Table, exponent: int | None) -> Table:
    if exponent is None:
        return NOTHING
    return tuple(x and x.scaled(exponent) for x in table) if exponent else table


def _weighted(table: Table, factor: Norms | None) -> Table:
    """``table`` times the values of a derivative."""
    if factor is None:
        return NOTHING
    return tuple(x and entrywise(x, factor) for x in table)


def pointwise(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """φ(base) + φ'(base) m, plus the higher powers (the second premise)."""
    digest, vouched, omega, known = arguments
    below = None if known is None else Below(*known)
    function = FunctionDigest(*digest)
    operand, *source = premises
    out = _weighted((None, *operand[1:]), factor(function, 1, operand[0], vouched, below, omega))
    if source:
        out = joined(out, source[0])
    return (at_base(function, operand[0], vouched, below, omega), *out[1:])
