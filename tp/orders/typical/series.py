"""Pointwise functions of sums of terms of different sizes (calculus, theorems 3.9 and 3.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from tp.exponent import UNBOUNDED
from tp.orders.facts import Function
from tp.orders.typical.content import Content, even, generic, odd
from tp.orders.typical.context import Context, total
from tp.orders.typical.generator import WideAxes
from tp.orders.typical.grains import Grains, grains, scaled
from tp.orders.typical.linear_rules import added, multiplied
from tp.orders.typical.tails import Tail, covers, envelope, falling, largest, power, rises, rising, times, worst
from tp.orders.typical.value import Members, Term, Value, members_of, symbols_of

ORDERS = 8
"""The number of orders of a Taylor series that are summed after the first one."""

GROWS = "the argument of a nonlinearity grows with n; its order is bounded by growth only"
UNBOUNDED_GROWTH = "an argument of a function without polynomial growth grows with n"
NEAR_ZERO = "it is not known how near to zero the entries come that a root or a negative power is taken of"
FROM_BELOW = "a negative power of something that is bounded from above only"

ATOM = "it is not known how many entries lie where a derivative jumps; all of them may cross that point"
KINKS = "few entries cross a point where a derivative jumps; their number is bounded, not their signs"

_TURNED = {"odd": "even", "even": "odd", "none": "none"}
_JOINS: dict[str, Callable[[Iterable[Content]], Content]] = {"odd": odd, "even": even, "none": generic}


def joined(
    symmetry: str, terms: Sequence[Term], size: Grains, part: Grains = 0, *, bound: bool, tail: Tail = ()
) -> Term:
    """One term for a function, ``odd``, ``even`` or ``none`` of both, of the sum of ``terms``."""
    content = _JOINS[symmetry](t.content for t in terms)
    members: Members = ()
    if not bound and any(t.members for t in terms):
        # Of a function of all parts nothing more is known than that it is a function of all: their hull.
        members = members_of(content, [_JOINS[symmetry](c for t in terms for c in t.members or (t.content,))])
    return Term(size, content, part, bound, symbols_of(terms), tail, members)


def pointwise(at: Context, arguments: tuple[Function, int, WideAxes], values: Sequence[Value]) -> Value:
    """The k-th derivative of a function at the operand; a second premise bounds the operand from below."""
    function, k, axes = arguments
    return evaluated(at, function, k, values[0], axes, *values[1:])


def evaluated(
    at: Context, function: Function, k: int, value: Value, axes: WideAxes, lower: Value | None = None
) -> Value:
    """The ``k``-th derivative of ``function`` at ``value`` on ``axes``; ``lower`` bounds the value from below."""
    slopes, degree, top = function.slopes, function.degree, value.top
    if slopes[k].vanishes:
        return at.zero
    if slopes[k].constant:
        return at.one
    if slopes[k + 1].constant and degree == k + 1:
        return value
    if (degree is None or degree >= k) and _mostly_zero(value):
        return _at_few(at, function, k, value, axes, lower)
    if top is None or (top < 0 and degree is None):
        if _reaches(value.terms):
            return _small(at, function, k, value, axes)
        return taylor(at, lambda j: at.one if slopes[k + j].at_zero else at.zero, value, axes)
    if top > 0 and degree is None:
        return _saturated(at, function, k, value, axes)
    leading = [t for t in value.terms if t.size == top]
    least = None
    if degree is not None and not slopes[-1].vanishes and (degree < k or len(leading) < len(value.terms)):
        least = from_below(at, value, lower, axes)
        if least is None and degree >= k:
            tail = power(largest(t.tail for t in value.terms), degree - k)
            return at.value([joined("none", value.terms, scaled(top, degree - k), bound=True, tail=tail)], axes)
        if least is not None:
            # A smaller term may be the larger one where the leading ones come near zero.
            leading += [t for t in value.terms if t.size < top and not least.covers(t)]
    tail = largest(t.tail for t in leading)
    rest = at.value([t for t in value.terms if t not in leading], axes)
    bound = not value.exact or (degree is None and _reaches(rest.terms))
    share = max((t.part for t in leading), default=0)

    def at_leading(j: int) -> Value:
        slope = slopes[k + j]
        if slope.vanishes:
            return at.zero
        if slope.constant:
            return at.one
        size: Grains = 0
        # Finitely many numbers lie, all of them, where it is zero, with a probability that stays positive.
        unsure = slope.masks and not axes
        if degree is None:
            size, thick = _analytic(function, k + j, tail)
            unsure |= size > 0
        elif function.logarithm and not k + j and top:
            # It is a multiple of log n, which no power of n replaces: an exponential of it is a power.
            size, thick, unsure = grains(UNBOUNDED), (), True
        elif (exponent := degree - k - j) >= 0:
            size, thick = scaled(top, exponent), power(tail, exponent)
        elif least is None:
            size, thick, unsure = grains(UNBOUNDED), (), True
        else:
            size, thick, unsure = scaled(least.size, exponent), power(least.tail, exponent), least.partial
        if share and (degree is None or degree > k + j):
            # At most places it is the function of 0.
            here = joined(slope.symmetry, leading, size, share, bound=bound or unsure, tail=thick)
            return at.value([here, *(at.one.terms if degree is None and slope.at_zero else ())], axes)
        return at.value([joined(slope.symmetry, leading, size, bound=bound or unsure or share < 0, tail=thick)], axes)

    if not rest.terms:
        return at_leading(0)
    found = taylor(at, at_leading, rest, axes)
    if function.jump is None or k > function.jump:
        return found
    # The smaller terms carry a few entries over the jump.
    return added(at, (found, crossed(at, function, (k, 1), at.value(leading, axes), rest, lower, axes)), axes)


def crossed(
    at: Context,
    function: Function,
    orders: tuple[int, int],
    base: Value,
    move: Value,
    dense: Value | None,
    axes: WideAxes,
) -> Value:
    """What a series in m after q orders misses, for ``orders`` (k, q), where b and b + m lie on two sides of a jump.

    A jump of derivative p is crossed at a share n^{m-b} of the entries, each of which changes by n^{m (p-k)}. n^b is
    the size of the ``dense`` part of b, which has a bounded density. Without one all entries may cross.
    """
    if not axes:
        return at.zero  # of finitely many entries none crosses, with probability tending to one
    at.notes.add(KINKS if dense is not None else ATOM)
    assert function.jump is not None
    assert move.top is not None
    # The parity is that of φ^{(k+j)}(b) m^j, beyond the derivative that jumps (calculus, theorem 3.12).
    k, q = orders
    j = max(q, function.jump + 1 - k)
    symmetry = function.slopes[k + j].symmetry
    symmetry = _TURNED[symmetry] if j % 2 else symmetry
    terms = (*base.terms, *move.terms)
    order = function.jump - k
    part = 0 if dense is None or dense.top is None else min(move.top - dense.top, 0)
    tail = power(rising(largest(t.tail for t in move.terms)), Fraction(order)) if order else ()
    return at.value([joined(symmetry, terms, move.top * order, part, bound=True, tail=tail)], axes)


def _mostly_zero(value: Value) -> bool:
    """Whether terms that are zero at most places are, where they are not, as large as all others."""
    few = max((t.size for t in value.terms if t.part), default=None)
    return few is not None and all(t.part or t.size <= few for t in value.terms)


def _at_few(at: Context, function: Function, k: int, value: Value, axes: WideAxes, lower: Value | None) -> Value:
    """A function of terms of which some are zero at most places: what it is there, and what it is at the few others."""
    common = at.value([t for t in value.terms if not t.part], axes)
    whole = at.value([t._replace(part=0) for t in value.terms], axes)
    there = evaluated(at, function, k, whole, axes, lower)
    found = restricted(at, there, value, axes, bound=bool(common.terms))
    most = evaluated(at, function, k, common, axes, lower if common.terms else None)
    if not common.terms and function.degree == k:
        most = at.value([t._replace(bound=True) for t in at.one.terms], axes)
    return added(at, (most, found), axes)


def restricted(at: Context, value: Value, few: Value, axes: WideAxes, *, bound: bool) -> Value:
    """``value`` at the places where those terms of ``few`` are not zero that are so at a vanishing share."""
    share = max(t.part for t in few.terms if t.part)
    return at.value([t._replace(part=min(t.part, share), bound=t.bound or bound) for t in value.terms], axes)


class Least(NamedTuple):
    """A value is of size n^size, with ``tail``, from below; ``partial`` where only a part of it is known to be."""

    size: Grains
    tail: Tail
    partial: bool

    def covers(self, term: Term) -> bool:
        """Whether ``term`` is nowhere larger."""
        return covers(self.tail, self.size - term.size, term.tail)


def from_below(at: Context, value: Value, lower: Value | None, axes: WideAxes) -> Least | None:
    """What is known of ``value`` from below; None for nothing.

    One number is of the size of its largest attained term. Of many on wide axes ``lower`` must say how near zero they
    come. Nothing is known where flips or terms were dropped: what then seems to be attained may be smaller.
    """
    if at.simplified:
        at.notes.add(FROM_BELOW)
        return None
    if lower is None and axes:
        at.notes.add(NEAR_ZERO)
        return None
    found = least_of((value if lower is None else lower).terms)
    if found is None:
        at.notes.add(FROM_BELOW)
        return None
    return found._replace(partial=lower is not None and lower is not value and found.size != value.top)


def least_of(terms: Iterable[Term]) -> Least | None:
    """The size and tail of a sum of ``terms`` from below, those that are attained; None where none is."""
    attained = [t for t in terms if not t.bound and not t.part]
    if not attained:
        return None
    first = max(attained, key=lambda t: t.size)
    if len(first.tail) != 1:
        return Least(first.size, first.tail, False)
    ((rarity, _),) = first.tail
    alike = [t for t in attained if not t.tail or (len(t.tail) == 1 and t.tail[0][0] == rarity)]
    size, profile = envelope([(t.size, t.tail[0][1] if t.tail else ()) for t in alike])
    return Least(size, ((rarity, profile),) if profile else (), False)


def _analytic(function: Function, k: int, tail: Tail) -> tuple[Grains, Tail]:
    """Size and tail of the k-th derivative of a function that is not homogeneous, at a value of size 1."""
    if not tail:
        return 0, ()
    slope = function.slopes[k]
    order = _order(function, k)
    if not rises(tail):
        return 0, power(tail, Fraction(order))
    if slope.growth is None:
        return grains(UNBOUNDED), ()
    growth = max(slope.growth, Fraction(0))
    return 0, times(power(rising(tail), growth), power(falling(tail), min(growth, Fraction(order))))


def _order(function: Function, k: int) -> int:
    """The order of the first term of the Taylor series of the k-th derivative at 0 that does not vanish."""
    return next((j for j, s in enumerate(function.slopes[k : k + ORDERS]) if s.at_zero), ORDERS)


def _reaches(terms: Iterable[Term]) -> bool:
    """Whether the largest entries of a term of vanishing size do not vanish."""
    return any(t.tail and t.size < 0 <= t.size + worst(t.tail) for t in terms)


def _small(at: Context, function: Function, k: int, value: Value, axes: WideAxes) -> Value:
    """A vanishing argument with entries that do not vanish: bounded by the first Taylor term and by growth."""
    assert value.top is not None
    slope, order = function.slopes[k], _order(function, k)
    if slope.growth is None:
        return at.value([joined("none", value.terms, grains(UNBOUNDED), bound=True)], axes)
    tail = power(rising(largest(t.tail for t in value.terms)), max(slope.growth, Fraction(order)))
    return at.value([joined(slope.symmetry, value.terms, value.top * order, bound=True, tail=tail)], axes)


def taylor(at: Context, coefficient: Callable[[int], Value], small: Value, axes: WideAxes, first: int = 0) -> Value:
    """Σ_{j >= first} coefficient(j) small^j / j!, as far as terms can still matter."""
    parts: list[Value] = []
    power = at.one
    best: Grains | None = None
    reach = 2 * (total(axes) + at.largest)
    for j in range(first + ORDERS + 1):
        if j >= first:
            part = multiplied(at, coefficient(j), power, axes)
            if part.top is not None:
                if best is not None and part.top < best - reach:
                    break
                best = part.top if best is None else max(best, part.top)
                parts.append(part)
        power = multiplied(at, power, small, axes)
        if not power.terms:
            break
    return added(at, parts, axes)


def _saturated(at: Context, function: Function, k: int, value: Value, axes: WideAxes) -> Value:
    """A growing argument: bounded by the function's growth, no longer exact."""
    slope = function.slopes[k]
    assert value.top is not None
    if slope.growth is None:
        at.notes.add(UNBOUNDED_GROWTH)
        size = grains(UNBOUNDED)
    else:
        at.notes.add(GROWS)
        size = scaled(value.top, slope.growth) if slope.growth > 0 else 0
    tail = power(rising(largest(t.tail for t in value.terms)), max(slope.growth or Fraction(0), Fraction(0)))
    return at.value([joined(slope.symmetry, value.terms, size, bound=True, tail=tail)], axes)


def function_of(at: Context, arguments: tuple[WideAxes], values: Sequence[Value]) -> Value:
    """A bounded function of the operand about which nothing else is known."""
    if not values[0].terms:
        return at.one
    return at.value([joined("none", values[0].terms, 0, bound=not values[0].exact)], arguments[0])
