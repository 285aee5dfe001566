"""Changes of functions under finite moves, beyond Taylor polynomials (calculus, theorems 3.11 to 3.13)."""

from __future__ import annotations

from collections.abc import Sequence

from tp.orders.facts import Function
from tp.orders.typical.context import Context
from tp.orders.typical.flips import WideAxes
from tp.orders.typical.grains import Grains
from tp.orders.typical.linear_rules import added, multiplied
from tp.orders.typical.series import evaluated, joined, taylor
from tp.orders.typical.tails import largest, rising
from tp.orders.typical.value import Value

ATOM = "it is not known how many neurons lie at the kink of a piecewise-linear function; all of them may cross it"
KINKS = "few neurons cross the kink of a piecewise-linear function; their number is bounded, not their signs"
MAXIMA = "few positions of a maximum change in training; their number is bounded, not their signs"

_TURNED = {"odd": "even", "even": "odd", "none": "none"}


def remainder(at: Context, arguments: tuple[Function, int, int, WideAxes], values: Sequence[Value]) -> Value:
    """φ^{(k)}(b + m) - Σ_{j < q} φ^{(k+j)}(b) m^j / j! for values b and m: the remainder after q terms.

    A third premise is the part of b with a bounded density where φ has a kink, and else a lower bound of b.
    """
    function, k, q, axes = arguments
    base, move = values[:2]
    known = values[2] if len(values) > 2 else None
    slopes = function.slopes
    if move.top is None or (slopes[k + q].vanishes and not function.kinked):
        return at.zero
    smaller = base.top is not None and move.top < base.top
    if function.kinked and k < 2:
        if base.top is not None and smaller:
            return _crossed(at, function, (k, q), base, (move, move.top), known, axes)
    elif move.top < 0 if function.degree is None else smaller:
        found = taylor(at, lambda j: evaluated(at, function, k + j, base, axes, known), move, axes, first=q)
        # Where b or m have tails, m may exceed b: then the series is a bound.
        sure = function.degree is None or not any(t.tail for t in (*base.terms, *move.terms))
        return found if sure else at.value([t._replace(bound=True) for t in found.terms], axes)
    # A lower bound without tails does not come from the values that move.
    still = None if known is None else at.value([t for t in known.terms if not t.tail], axes)
    moved = still if still is not None and still.terms else None
    parts = [evaluated(at, function, k, added(at, (base, move), axes), axes, moved)]
    power = at.one
    for j in range(1, q):
        power = multiplied(at, power, move, axes)
        parts.append(multiplied(at, evaluated(at, function, k + j, base, axes, known), power, axes))
    return added(at, parts, axes)


def _crossed(
    at: Context,
    function: Function,
    orders: tuple[int, int],
    base: Value,
    move: tuple[Value, Grains],
    dense: Value | None,
    axes: WideAxes,
) -> Value:
    """A kink is crossed by a share n^{m-b} of the entries, each of which changes by n^{m (1-k)}.

    n^b is the size of the ``dense`` part, which has a bounded density. Without one all entries may cross.
    """
    if not axes:
        return at.zero  # of finitely many entries none crosses, with probability tending to one
    at.notes.add(KINKS if dense is not None else ATOM)
    k, q = orders
    # The parity is that of φ^{(k+q)}(b) m^q (calculus, theorem 3.12).
    symmetry = function.slopes[k + q].symmetry
    symmetry = _TURNED[symmetry] if q % 2 else symmetry
    terms = (*base.terms, *move[0].terms)
    part = 0 if dense is None or dense.top is None else min(move[1] - dense.top, 0)
    tail = () if k else rising(largest(t.tail for t in move[0].terms))
    return at.value([joined(symmetry, terms, move[1] * (1 - k), part, bound=True, tail=tail)], axes)


def switched(at: Context, arguments: tuple[WideAxes], values: Sequence[Value]) -> Value:
    """The change of the mask of the largest entry of b under a move m: nonzero at a share n^{min(m-b, 0)}."""
    (axes,) = arguments
    base, move, *dense = values
    if move.top is None:
        return at.zero
    part = 0 if not dense or dense[0].top is None else min(move.top - dense[0].top, 0)
    if part and not axes:
        return at.zero
    at.notes.add(MAXIMA)
    return at.value([joined("none", (*base.terms, *move.terms), 0, part, bound=True)], axes)
