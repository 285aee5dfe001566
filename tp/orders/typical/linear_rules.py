"""Sources, and the rules of linear and bilinear operations (calculus, theorems 3.1 to 3.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from tp.orders.facts import Rarity, Source
from tp.orders.typical.content import UNKNOWN, Content
from tp.orders.typical.context import Context
from tp.orders.typical.contraction import contracted, extremes
from tp.orders.typical.generator import WideAxes
from tp.orders.typical.grains import grains
from tp.orders.typical.tails import Tail, apart, line, spread, times
from tp.orders.typical.value import Members, Term, Value, members_of


def one(at: Context, arguments: tuple[Any, ...], values: Sequence[Value]) -> Value:
    """A constant of order one, the same for every entry: data, masks, generic coefficients."""
    return at.one


def zero(at: Context, arguments: tuple[Any, ...], values: Sequence[Value]) -> Value:
    """Identically zero."""
    return at.zero


def variable(at: Context, arguments: tuple[str], values: Sequence[Value]) -> Value:
    """A formal variable of order one; parts even and odd in it are kept apart."""
    content: Content = at.flips.variable(arguments[0])
    return at.value([Term(0, content)], ())


def source(at: Context, arguments: tuple[Source, WideAxes], values: Sequence[Value]) -> Value:
    """A weight read as a value: independent entries on all of the axes."""
    weight, axes = arguments
    tail: Tail = ()
    if weight.tail is not None and axes:
        # The largest entries: |w| = 1/ρ is above n^x at n^{-ax} of the places.
        tail = ((Rarity(weight.name, weight.tail, axes, (weight.name,)), line(1)),)
    share = -grains(weight.density) if axes else 0
    # The places of large entries are among those that are not zero: together they are fewer than either.
    return at.value(
        [Term(grains(weight.exponent), at.entries(weight, axes), share, bool(share and tail), tail=tail)], axes
    )


def near(at: Context, arguments: tuple[Rarity, WideAxes], values: Sequence[Value]) -> Value:
    """A value that comes near zero where the rarity is small, and as near."""
    rarity, axes = arguments
    tail: Tail = ((rarity, line(-1)),)
    return at.value([t._replace(tail=times(t.tail, tail)) for t in values[0].terms], axes)


def elsewhere(at: Context, arguments: tuple[WideAxes], values: Sequence[Value]) -> Value:
    """The value at other inputs: it is large where its own values come near zero, which is at other places."""
    return at.value([t._replace(tail=apart(t.tail)) for t in values[0].terms], arguments[0])


def mixed(at: Context, arguments: tuple[tuple[str, ...], WideAxes], values: Sequence[Value]) -> Value:
    """A value after its entries along finite axes were summed or moved: one of them near zero makes it large only."""
    names, axes = arguments
    return at.value([t._replace(tail=spread(t.tail, frozenset(names))) for t in values[0].terms], axes)


def scaled(at: Context, arguments: tuple[Fraction, WideAxes], values: Sequence[Value]) -> Value:
    """n^exponent times the operand."""
    exponent, axes = arguments
    more = grains(exponent)
    return at.value([t._replace(size=t.size + more) for t in values[0].terms], axes)


def sum_(at: Context, arguments: tuple[WideAxes], values: Sequence[Value]) -> Value:
    """A sum with generic coefficients: nothing cancels between its parts."""
    return added(at, values, arguments[0])


def limited(at: Context, arguments: tuple[WideAxes], values: Sequence[Value]) -> Value:
    """A sum whose coefficients are not known to be generic: its exponents are upper bounds."""
    return at.value([t._replace(bound=True) for t in values[0].terms], arguments[0])


def added(at: Context, values: Iterable[Value], axes: WideAxes) -> Value:
    """The sum of ``values`` on ``axes``."""
    distinct = tuple(dict.fromkeys(v for v in values if v.terms))
    if len(distinct) < 2:
        return distinct[0] if distinct else at.zero
    return at.value([t for v in distinct for t in v.terms], axes)


def product(at: Context, arguments: tuple[WideAxes], values: Sequence[Value]) -> Value:
    """The entrywise (or outer) product."""
    return multiplied(at, values[0], values[1], arguments[0])


def multiplied(at: Context, left: Value, right: Value, axes: WideAxes) -> Value:
    """The product of two values on ``axes``."""
    if left is at.one or not right.terms:
        return right
    if right is at.one or not left.terms:
        return left
    key = (left, right, axes) if id(left) < id(right) else (right, left, axes)
    found = at.products.get(key)
    if found is None:
        # A square has the product of two different terms twice.
        terms = [_multiplied(a, b) for i, a in enumerate(left.terms) for b in right.terms[i if left is right else 0 :]]
        found = at.products[key] = at.value(terms, axes)
    return found


def _multiplied(left: Term, right: Term) -> Term:
    size, content, part, bound, symbols, tail, members = left
    size_, content_, part_, bound_, symbols_, tail_, members_ = right
    # Of two factors that are zero at most places, the places of neither need be those of the other.
    bound = bound or bound_ or (part < 0 and part_ < 0 and left is not right)
    both: Members = ()
    if not bound and (members or members_):
        both = _members(content, members, content_, members_)
    return Term(
        size + size_,
        content.times(content_),
        part if part < part_ else part_,
        bound,
        symbols | symbols_,
        times(tail, tail_) if tail and tail_ else tail or tail_,
        both,
    )


@lru_cache(maxsize=1 << 16)
def _members(left: Content, lefts: Members, right: Content, rights: Members) -> Members:
    """The contents of parts of a product of terms with the contents ``left`` and ``right``, and with these members."""
    return members_of(left.times(right), [a.times(b) for a in lefts or (left,) for b in rights or (right,)])


def contract(at: Context, arguments: tuple[WideAxes, WideAxes], values: Sequence[Value]) -> Value:
    """The sum over the first wide axes; the second ones remain."""
    over, rest = arguments
    here = {axis for axis, _ in (*over, *rest)}
    terms = [t._replace(bound=True) if _summed_before(at, t, here) else t for t in values[0].terms]
    parts = (s for t in terms for part, order in extremes(t, over) for s in contracted(at, part, order))
    return at.value(parts, rest)


def _summed_before(at: Context, term: Term, here: set[str]) -> bool:
    """Whether ``term``, on the axes ``here``, may be odd in sums of a skewed source over another of its axes.

    Such sums are Gaussian at leading order, so that the mean of an odd power of them is smaller than its degree says.
    """
    return any(
        (degree == UNKNOWN or (degree > 1 and degree % 2)) and not at.skewed_axes(source) <= here
        for source, degree in term.content.skewed
    )
