"""Changes of functions under finite moves, beyond Taylor polynomials (calculus, theorems 3.11 to 3.13)."""

from __future__ import annotations

from collections.abc import Sequence

from tp.orders.facts import Function
from tp.orders.typical.context import Context
from tp.orders.typical.flips import WideAxes
from tp.orders.typical.grains import Grains
from tp.orders.typical.linear_rules import added, multiplied
from tp.orders.typical.series import evaluated, joined, taylor
from tp.orders.typical.value import Value

KINKS = "few neurons cross the kink of a piecewise-linear function; their number is bounded, not their signs"
MAXIMA = "few positions of a maximum change in training; their number is bounded, not their signs"

_TURNED = {"odd": "even", "even": "odd", "none": "none"}


def remainder(at: Context, arguments: tuple[Function, int, int, WideAxes], values: Sequence[Value]) -> Value:
    """φ^{(k)}(b + m) - Σ_{j < q} φ^{(k+j)}(b) m^j / j! for values b and m: the remainder after q terms."""
    function, k, q, axes = arguments
    base, move = values
    slopes = function.slopes
    if move.top is None or (slopes[k + q].vanishes and not function.kinked):
        return at.zero
    smaller = base.top is not None and move.top < base.top
    if function.kinked and k < 2:
        if base.top is not None and smaller:
            return _crossed(at, function, (k, q), (base, base.top), (move, move.top), axes)
    elif move.top < 0 if function.degree is None else smaller:
        return taylor(at, lambda j: evaluated(at, function, k + j, base, axes), move, axes, first=q)
    parts = [evaluated(at, function, k, added(at, (base, move), axes), axes)]
    power = at.one
    for j in range(1, q):
        power = multiplied(at, power, move, axes)
        parts.append(multiplied(at, evaluated(at, function, k + j, base, axes), power, axes))
    return added(at, parts, axes)


def _crossed(
    at: Context,
    function: Function,
    orders: tuple[int, int],
    base: tuple[Value, Grains],
    move: tuple[Value, Grains],
    axes: WideAxes,
) -> Value:
    """A kink is crossed by a share n^{m-b} of the entries, each of which changes by n^{m (1-k)}."""
    if not axes:
        return at.zero  # of finitely many entries none crosses, with probability tending to one
    at.notes.add(KINKS)
    k, q = orders
    # The parity is that of φ^{(k+q)}(b) m^q (calculus, theorem 3.12).
    symmetry = function.slopes[k + q].symmetry
    symmetry = _TURNED[symmetry] if q % 2 else symmetry
    terms = (*base[0].terms, *move[0].terms)
    return at.value([joined(symmetry, terms, move[1] * (1 - k), move[1] - base[1], bound=True)], axes)


def switched(at: Context, arguments: tuple[WideAxes], values: Sequence[Value]) -> Value:
    """The change of the mask of the largest entry of b under a move m: nonzero at a share n^{min(m-b, 0)}."""
    (axes,) = arguments
    base, move = values
    if move.top is None:
        return at.zero
    part = 0 if base.top is None else min(move.top - base.top, 0)
    if part and not axes:
        return at.zero
    at.notes.add(MAXIMA)
    return at.value([joined("none", (*base.terms, *move.terms), 0, part, bound=True)], axes)
