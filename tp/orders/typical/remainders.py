"""Changes of functions under finite moves, beyond Taylor polynomials (calculus, theorems 3.11 and 3.12)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tp.exponent import UNBOUNDED
from tp.orders.facts import Function, Source
from tp.orders.typical import tails
from tp.orders.typical.context import Context
from tp.orders.typical.generator import WideAxes
from tp.orders.typical.grains import grains, scaled
from tp.orders.typical.linear_rules import added, multiplied
from tp.orders.typical.series import ORDERS, crossed, evaluated, from_below, joined, restricted, taylor
from tp.orders.typical.tails import falling, rises
from tp.orders.typical.value import Term, Value

UNSEEN = "at an input that is not trained on, where a derivative jumps is independent of the move"

PLACE = Source("@crossing", Fraction(0), symmetric=False)
"""Which entries cross a jump at an input that is not trained on: mean zero given all moves, at each place by itself."""


def remainder(at: Context, arguments: tuple[Function, int, int, WideAxes], values: Sequence[Value]) -> Value:
    """φ^{(k)}(b + m) - Σ_{j < q} φ^{(k+j)}(b) m^j / j! for values b and m: the remainder after q terms.

    A third premise is the part of b with a bounded density where φ has a kink, and else a lower bound of b.
    """
    function, k, q, axes = arguments
    base, move = values[:2]
    known = values[2] if len(values) > 2 else None
    crosses = function.jump is not None and k <= function.jump
    if move.top is None or (function.slopes[k + q].vanishes and not crosses):
        return at.zero
    smaller = base.top is not None and move.top < base.top
    if _ends(function):
        return _series(at, arguments, base, move, known)
    if smaller if crosses or function.degree is not None else move.top < 0:
        regular = _series(at, arguments, base, move, known)
        return (
            added(at, (regular, crossed(at, function, (k, q), base, move, known, axes)), axes) if crosses else regular
        )
    lower = None if function.kinked else known
    if not any(t.part for t in move.terms):
        return _split(at, arguments, base, move, lower)
    # Nothing changes where nothing moves.
    common = at.value([t for t in move.terms if not t.part], axes)
    few = restricted(at, _split(at, arguments, base, move, lower), move, axes, bound=bool(common.terms))
    return added(at, (remainder(at, arguments, (base, common, *values[2:])), few), axes) if common.terms else few


def _split(
    at: Context,
    arguments: tuple[Function, int, int, WideAxes],
    base: Value,
    move: Value,
    lower: Value | None,
) -> Value:
    """All of φ^{(k)}(b + m) and of what is subtracted from it."""
    function, k, q, axes = arguments
    # A lower bound without tails does not come from the values that move.
    still = None if lower is None else at.value([t for t in lower.terms if not t.tail], axes)
    moved = still if still is not None and still.terms else None
    parts = [evaluated(at, function, k, added(at, (base, move), axes), axes, moved)]
    power = at.one
    for j in range(1, q):
        power = multiplied(at, power, move, axes)
        parts.append(multiplied(at, evaluated(at, function, k + j, base, axes, lower), power, axes))
    return added(at, parts, axes)


def _series(
    at: Context,
    arguments: tuple[Function, int, int, WideAxes],
    base: Value,
    move: Value,
    lower: Value | None,
) -> Value:
    """The Taylor series from the order q on, with derivatives as they are almost everywhere."""
    function, k, q, axes = arguments
    if function.slopes[k + q].vanishes:
        return at.zero
    near = not function.slopes[-1].vanishes and _exceeds(base, move, lower)
    if function.degree is not None and near and not _formal(at, move):
        return _beyond(at, function, (k, q), base, move, lower, axes)
    return taylor(at, lambda j: evaluated(at, function, k + j, base, axes, lower), move, axes, first=q)


def _exceeds(base: Value, move: Value, lower: Value | None) -> bool:
    """Whether m may exceed b at some places: where b comes near zero, or where m is larger than typical.

    A ``lower`` bound is at every place as large as the largest of its terms: one that comes near zero nowhere suffices.
    """
    if lower is None:
        return any(t.tail for t in (*base.terms, *move.terms))
    steady = any(t.size == base.top and not t.bound and not falling(t.tail) for t in lower.terms)
    return not steady or any(map(rises, (t.tail for t in move.terms)))


def _formal(at: Context, move: Value) -> bool:
    """Whether a move is a power series in a formal variable, of which only the coefficients count."""
    return any(t.content.offset & at.flips.formal for t in move.terms)


def _beyond(
    at: Context,
    function: Function,
    orders: tuple[int, int],
    base: Value,
    move: Value,
    lower: Value | None,
    axes: WideAxes,
) -> Value:
    """A root or a power where some entries of b come near zero, below m: |b|^{p-q+1} |m|^{q-1} min(|m| / |b|, 1)."""
    k, q = orders
    assert function.degree is not None
    power_left = function.degree - k - q + 1
    least = from_below(at, base, lower, axes)
    if least is None:
        everything = (*base.terms, *move.terms)
        return at.value([joined("none", everything, grains(UNBOUNDED), bound=True)], axes)
    terms: list[Term] = []
    for term in move.terms:
        gap = term.size - least.size
        shape, others = tails.ratio(term.tail, least.tail, gap)
        if power_left >= 0:
            # Where |b| < |m| the largest of both counts: |b|^{p-q+1} is at most typical.
            size, tail = scaled(least.size, power_left), ()
        else:
            size, tail = scaled(least.size, power_left), tails.power(least.tail, power_left)
        tail = tails.times(tail, tails.times(tails.power(term.tail, Fraction(q - 1)), tails.times(shape, others)))
        size += term.size * (q - 1) + min(gap, 0)
        terms.append(joined("none", (*base.terms, *move.terms), size, term.part, bound=True, tail=tail))
    return at.value(terms, axes)


def _ends(function: Function) -> bool:
    """Whether the function is a polynomial whose Taylor series is written out to its end, for moves of any size."""
    degree = function.degree
    return (
        degree is not None and degree <= ORDERS and function.slopes[int(degree) + 1].vanishes and function.jump is None
    )


def elsewhere(at: Context, arguments: tuple[Function, int, int, WideAxes], values: Sequence[Value]) -> Value:
    """:func:`remainder` at an input that is not trained on: where a jump lies is independent of the move (3.12b)."""
    function, k, q, axes = arguments
    base, move, *known = values
    jump, width = function.jump, known[0].top if known else None
    uneven = any(t.tail for t in (*base.terms, *move.terms))
    if jump is None or k > jump or not axes or width is None or move.top is None or move.top >= width or uneven:
        return remainder(at, arguments, values)

    at.notes.add(UNSEEN)

    def mean(j: int) -> Value:
        """Derivatives beyond the jump: those of a delta function, averaged over the density of ``base``."""
        size = width * (jump - k - j)
        return at.value([joined(function.slopes[k + j].symmetry, base.terms, size, bound=not base.exact)], axes)

    averaged = taylor(at, mean, move, axes, first=max(q, jump + 1 - k))
    both = joined("none", (*base.terms, *move.terms), 0, bound=not (base.exact and move.exact))
    content = both.content.times(at.entries(PLACE, axes))
    around = both._replace(size=move.top * (jump - k), part=move.top - width, content=content, members=())
    return added(at, (_series(at, arguments, base, move, known[0]), averaged, at.value([around], axes)), axes)
