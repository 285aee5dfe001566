"""Pointwise functions of sums of terms of different sizes (calculus, theorems 3.9 and 3.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tp.exponent import UNBOUNDED
from tp.orders.facts import Function
from tp.orders.typical.content import Content, even, generic, odd
from tp.orders.typical.context import Context, total
from tp.orders.typical.flips import WideAxes
from tp.orders.typical.grains import Grains, grains, scaled
from tp.orders.typical.linear_rules import added, multiplied
from tp.orders.typical.value import Term, Value, symbols_of

ORDERS = 8
"""The number of orders of a Taylor series that are summed after the first one."""

GROWS = "the argument of a nonlinearity grows with n; its order is bounded by growth only"
UNBOUNDED_GROWTH = "an argument of a function without polynomial growth grows with n"
FROM_BELOW = "a negative power of something that is bounded from above only"

_JOINS: dict[str, Callable[[Iterable[Content]], Content]] = {"odd": odd, "even": even, "none": generic}


def joined(symmetry: str, terms: Sequence[Term], size: Grains, part: Grains = 0, *, bound: bool) -> Term:
    """One term for a function, ``odd``, ``even`` or ``none`` of both, of the sum of ``terms``."""
    return Term(size, _JOINS[symmetry](t.content for t in terms), part, bound, symbols_of(terms))


def pointwise(at: Context, arguments: tuple[Function, int, WideAxes], values: Sequence[Value]) -> Value:
    """The k-th derivative of a function at the operand."""
    function, k, axes = arguments
    return evaluated(at, function, k, values[0], axes)


def evaluated(at: Context, function: Function, k: int, value: Value, axes: WideAxes) -> Value:
    """The ``k``-th derivative of ``function`` at ``value`` on ``axes``."""
    slopes, degree, top = function.slopes, function.degree, value.top
    if slopes[k].vanishes:
        return at.zero
    if slopes[k].constant:
        return at.one
    if slopes[k + 1].constant and degree == k + 1:
        return value
    if top is None or (top < 0 and degree is None):
        return taylor(at, lambda j: at.one if slopes[k + j].at_zero else at.zero, value, axes)
    if top > 0 and degree is None:
        return _saturated(at, function, k, value, axes)
    leading = [t for t in value.terms if t.size == top]
    bound = not value.exact
    rest = at.value([t for t in value.terms if t.size < top], axes)

    def at_leading(j: int) -> Value:
        slope = slopes[k + j]
        if slope.vanishes:
            return at.zero
        if slope.constant:
            return at.one
        size: Grains | None = 0
        if degree is not None:
            power = degree - k - j
            least = _least(at, value) if power < 0 else top
            size = grains(UNBOUNDED) if least is None else scaled(least, power)
        return at.value([joined(slope.symmetry, leading, size, bound=bound)], axes)

    return taylor(at, at_leading, rest, axes) if rest.terms else at_leading(0)


def _least(at: Context, value: Value) -> Grains | None:
    """The largest attained size among the terms of ``value``; None where all are bounds."""
    found = max((t.size for t in value.terms if not t.bound), default=None)
    if found is None:
        at.notes.add(FROM_BELOW)
    return found


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
    return at.value([joined(slope.symmetry, value.terms, size, bound=True)], axes)


def function_of(at: Context, arguments: tuple[WideAxes], values: Sequence[Value]) -> Value:
    """A bounded function of the operand about which nothing else is known."""
    if not values[0].terms:
        return at.one
    return at.value([joined("none", values[0].terms, 0, bound=not values[0].exact)], arguments[0])
