"""The rules of the norm calculus: bounds of jets of every order at once, without cancellation.

The value of a rule is a *table*: one :class:`Norms` for each class (i, j) of coefficients of a jet, i slots along
computed directions n^λ g (g = Λ∇F) and j along one free unit vector n^μ Λ^{1/2} u, with 2 standing for two or
more. A bound A of a class means that its coefficient with d and D slots is O(n^{A - λd - μD}) for all d, D of the
class: rules keep that for each pair of classes, so it holds by induction over the graph. None vanishes identically.

Every rule is a function of plain arguments and of the values of its premises, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from tp.orders.bounds.functions import FunctionDigest, at_base, slope, tail
from tp.orders.bounds.norms import (
    Axes,
    Matrix,
    Norms,
    adversarial,
    closed,
    contracted,
    dot,
    entrywise,
    exchangeable,
    flat,
    fresh,
    join,
    meet,
    product,
    repeated,
)

Table: TypeAlias = tuple["Norms | None", ...]
"""Norms by class, in the order of :data:`CLASSES`."""

CLASSES = tuple((i, j) for i in range(3) for j in range(3))
"""(contracted, free) slots; 2 stands for two or more."""
PLACE = {c: k for k, c in enumerate(CLASSES)}
MOVING = range(1, len(CLASSES))
PAIRS = tuple(
    (a, b, PLACE[min(i + k, 2), min(j + m, 2)]) for a, (i, j) in enumerate(CLASSES) for b, (k, m) in enumerate(CLASSES)
)
"""(a, b, class of a product of a coefficient of class a with one of class b)."""
BOTH_MOVE = tuple((a, b, c) for a, b, c in PAIRS if a and b)
BOTH_FREE = tuple((a, b, c) for a, b, c in PAIRS if CLASSES[a][1] and CLASSES[b][1])
ONE_FREE = tuple((a, b, c) for a, b, c in PAIRS if not CLASSES[a][1] and CLASSES[b][1])
CONTRACTED = tuple(PLACE[min(i + 1, 2), j] for i, j in CLASSES)
FREE = tuple(PLACE[i, min(j + 1, 2)] for i, j in CLASSES)
AFTER = tuple(tuple((a, c) for a, other, c in BOTH_MOVE if other == b) for b in range(len(CLASSES)))
SATURATED = tuple(k for k, (i, j) in enumerate(CLASSES) if 2 in (i, j))
NOTHING: Table = (None,) * len(CLASSES)
BEYOND = 10**9
"""A bound that is none, in grains: larger than anything that powers of widths make."""


def still(base: Norms | None) -> Table:
    """A value that does not move."""
    return (base, *NOTHING[1:])


def moves(table: Table) -> bool:
    return any(table[c] is not None for c in MOVING)


def frees(table: Table) -> bool:
    """Whether a value moves along the free direction."""
    return any(table[c] is not None for c in MOVING if CLASSES[c][1])


def _joined(left: Table, right: Table) -> Table:
    return tuple(map(join, left, right))


# Values and linear operations -------------------------------------------------------------------------------------


def _flat(arguments: tuple[Any, ...], _: Sequence[Table]) -> Table:
    """Entries of one size, the largest n^{heavy} larger; no exponent: identically zero."""
    exponent, omega, heavy = arguments
    if exponent is None:
        return NOTHING
    return still(closed(exponent + omega, exponent + (omega + 1) // 2, exponent + heavy, omega))


def _detach(_: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    return still(premises[0][0])


def _linear(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """Σ n^{exponent} operand, each first summed over n^gone entries and then repeated n^more times."""
    terms, omega = arguments
    out: Table = NOTHING
    for (exponent, gone, more), table in zip(terms, premises, strict=True):
        if exponent is not None:
            out = _joined(out, tuple(_through(x, exponent, gone, more, omega) for x in table))
    return out


def _through(x: Norms | None, exponent: int, gone: int, more: int, omega: int) -> Norms | None:
    if x is None:
        return None
    if gone:
        x = contracted(x, gone, omega - more)
    if more:
        x = repeated(x, more)
    return x.scaled(exponent) if exponent else x


def _refined(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """Sizes of entries that are known from elsewhere, by number of contracted slots; None is not known."""
    sizes, omega = arguments
    table = list(premises[0])
    for i, size in enumerate(sizes):
        place = PLACE[i, 0]
        known = table[place]
        if size is not None and known is not None:
            table[place] = meet(known, flat(size, omega), omega)
    return tuple(table)


# Products -----------------------------------------------------------------------------------------------------------


def _product_source(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
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


def _product(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
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


# Weights ------------------------------------------------------------------------------------------------------------


def _leaf_source(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """The moves of a weight that is read: n^{rate} times its cotangent, or n^{rate/2} times a unit vector.

    One that is given no size, ``along`` or ``free``, is left out.
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


def _leaf(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    return (_flat(arguments, ())[0], *premises[0][1:])


def _apply(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
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


def _apply_source(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """The moves of a weight times an operand.

    A free slot is a matrix of Frobenius norm n^{rate/2}; a contracted one is Σ left ⊗ right over the uses of the
    weight, premises (operand, left, right, left, right, ...), ``factors`` the axes of the two contractions of each. One
    that is given no size, ``along`` or ``free``, is left out.
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


# Functions ----------------------------------------------------------------------------------------------------------


def _powers(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """Σ_{k >= 2} φ^{(k)}(base) m^k / k! for the moving part m (``free``: with two factors along the free direction).

    A series that does not end needs m = O(1) in ℓ∞ (relative to the base where φ is homogeneous): then m^k for k >= 3
    is no larger than m times a lower power, and the sum is closed in one sweep over the classes.
    """
    digest, vouched, free = arguments
    function = FunctionDigest(*digest)
    pairs = BOTH_FREE if free else BOTH_MOVE
    table = premises[0]
    base = table[0]
    moving: Table = (None, *table[1:])
    if function.endless:
        shift, second, rest = tail(function, base, vouched)
        moving = tuple(x and x.scaled(shift) for x in moving)
        if any(x is not None and x.top > 0 for x in moving):
            lost = Norms(BEYOND, BEYOND, BEYOND)
            return tuple(lost if c in SATURATED else x for c, x in enumerate(_times(moving, moving, pairs)))
        square = _times(moving, moving, pairs)
        higher = _higher(moving, square)
        return _joined(_scaled(square, second), _scaled(higher, rest))
    out: Table = NOTHING
    power = moving
    for k in range(2, len(function.slopes)):
        power = _times(moving, power, pairs if k == 2 else BOTH_MOVE)
        out = _joined(out, _scaled(power, slope(function, k, base, vouched)))
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


def _pointwise(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """φ(base) + φ'(base) m, plus the higher powers (the second premise)."""
    digest, vouched, omega = arguments
    function = FunctionDigest(*digest)
    operand, *source = premises
    out = _scaled((None, *operand[1:]), slope(function, 1, operand[0], vouched))
    if source:
        out = _joined(out, source[0])
    return (at_base(function, operand[0], vouched, omega), *out[1:])


# The hypothesis -----------------------------------------------------------------------------------------------------


def _pair(_: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """What the moves that start at one node add to F: its cotangent times its source."""
    cotangent, source = premises[0][0], premises[1]
    if cotangent is None:
        return NOTHING
    return tuple(None if s is None else Norms(*(dot(cotangent, s),) * 3) for s in source)


def _pair_free(_: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """The same at a point that has moved along computed directions: the cotangent moves, the source is free."""
    cotangent, source = premises
    out: list[Norms | None] = list(NOTHING)
    for a, b, c in ONE_FREE:
        x, y = cotangent[a], source[b]
        if x is not None and y is not None:
            out[c] = join(out[c], Norms(*(dot(x, y),) * 3))
    return tuple(out)


def _output(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """Three bounds of the moves of F: its own table; what starts at the nodes; the same at a moved point.

    Premises: F, ``count`` pairs, and the pairs with free sources, which tell of classes with a free slot only.
    """
    (count,) = arguments
    forward, *parts = premises
    bounds = [forward]
    for some in (parts[:count], parts[count:]):
        total: Table = NOTHING
        for part in some:
            total = _joined(total, part)
        bounds.append(total)
    return (
        forward[0],
        *(_least([b[c] for b in bounds[: 3 if CLASSES[c][1] else 2]]) for c in MOVING),
    )


def _least(bounds: Sequence[Norms | None]) -> Norms | None:
    known = [b for b in bounds if b is not None]
    return min(known) if len(known) == len(bounds) else None


def _form(arguments: tuple[Any, ...], premises: Sequence[Table]) -> tuple[Fraction, Fraction, Fraction] | None:
    """(A, λ, μ) with C^{D,d} = O(n^{A - λd - μD}) for all d, D of a class."""
    free, along, grain, rates = arguments
    found = premises[0][PLACE[along, free]]
    if found is None:
        return None
    return Fraction(found.top, grain), Fraction(rates[0], grain), Fraction(rates[1], grain)


NORM_RULES: Mapping[str, Callable[[tuple[Any, ...], Sequence[Any]], Any]] = {
    "norm.flat": _flat,
    "norm.detach": _detach,
    "norm.linear": _linear,
    "norm.refined": _refined,
    "norm.product": _product,
    "norm.product.source": _product_source,
    "norm.leaf": _leaf,
    "norm.leaf.source": _leaf_source,
    "norm.apply": _apply,
    "norm.apply.source": _apply_source,
    "norm.pointwise": _pointwise,
    "norm.pointwise.source": _powers,
    "norm.pair": _pair,
    "norm.pair.free": _pair_free,
    "norm.output": _output,
    "norm.form": _form,
}
"""Every rule by its name: from its arguments and the values of its premises to its value."""
