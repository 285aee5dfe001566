"""The places of the largest entries, and how they change under a move (calculus, theorems 3.13 and 3.19)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from tp.orders.typical.content import Content, generic
from tp.orders.typical.context import Context, total
from tp.orders.typical.contraction import forgotten, summed
from tp.orders.typical.generator import WideAxes
from tp.orders.typical.grains import Grains, grains
from tp.orders.typical.series import joined
from tp.orders.typical.tails import largest, rising, worst
from tp.orders.typical.value import Term, Value, symbols_of

MAXIMA = "few positions of a maximum change in training; their number is bounded, not their signs"

Along: TypeAlias = tuple[str, Fraction]
"""The name of a wide axis and its exponent."""


def ordered(at: Context, values: Sequence[Value], axis: str, count: Grains) -> Content:
    """The content of a function of the entries of ``values`` at one place of ``axis``, and of all others as a whole.

    At other places of the axis the flips of that axis are others. What they share with this place are the flips on
    other axes; those are broken as by a sum over n^count entries of the axis.
    """
    own = [t.content for v in values for t in v.terms]
    content = generic([*own, *(forgotten(at, c, axis) for c in own)])
    return content.loosened(summed(at, content, axis, count, images=True))


def chosen(at: Context, arguments: tuple[Along, Fraction, WideAxes], values: Sequence[Value]) -> Value:
    """The mask of the n^count largest entries along a wide axis: 1 at that share of the places."""
    (axis, width), count, axes = arguments
    terms = values[0].terms
    part = grains(count) - grains(width)
    bound = not terms or not values[0].exact or any(t.members for t in terms)
    content = ordered(at, values, axis, grains(count))
    return at.value([Term(0, content, part, bound, symbols_of(terms))], axes)


def switched(at: Context, arguments: tuple[Any, ...], values: Sequence[Value]) -> Value:
    """The change of the mask of the largest entries of b under a move m: nonzero at few places."""
    axes, *chosen = arguments
    base, move, *dense = values
    if move.top is None:
        return at.zero
    if not chosen:
        return _changed(at, axes, values, 0, _near(move.top, dense))
    (axis, width), count, unbounded = chosen
    share = _exchanged(move, dense, grains(width), grains(count), unbounded)
    if total(axes) + share < 0:
        return at.zero  # of all places none changes, with probability tending to one
    at.notes.add(MAXIMA)
    content = ordered(at, (base, move), axis, grains(count))
    terms = (*base.terms, *move.terms)
    return at.value([Term(0, content, share, True, symbols_of(terms))], axes)


def exchanged(at: Context, arguments: tuple[Any, ...], values: Sequence[Value]) -> Value:
    """What a sum of the largest entries of b gains under a move m: at most m for every entry that is exchanged."""
    axes, *chosen = arguments
    _, move, *dense = values
    if move.top is None:
        return at.zero
    if not chosen:
        return _changed(at, axes, values, move.top, _near(move.top, dense), gained=True)
    (_, width), count, unbounded = chosen
    number = grains(width) + _exchanged(move, dense, grains(width), grains(count), unbounded)
    if total(axes) + number < 0:
        return at.zero
    return _changed(at, axes, values, move.top + max(number, 0), min(number, 0), gained=True)


def _exchanged(move: Value, dense: Sequence[Value], width: Grains, count: Grains, unbounded: bool) -> Grains:
    """The share of the places of a wide axis at which the mask changes.

    It is no larger than that of the chosen ones, and than that of the entries that lie as near to the least of them as
    the largest move. In a law without end these are a share of the chosen ones.
    """
    share, near = count - width, _near(_furthest(move), dense)
    return share + near if unbounded else min(share, near)


def _furthest(move: Value) -> Grains:
    """The size of the largest move of all entries."""
    return max(t.size + worst(t.tail) for t in move.terms)


def _near(size: Grains, dense: Sequence[Value]) -> Grains:
    """The share of the entries that lie as near to a given number as n^``size``, where their ``dense`` part is known.

    It is at most 1: the exponent is 0 or below, and 0 where nothing is known of a dense part.
    """
    return 0 if not dense or dense[0].top is None else min(size - dense[0].top, 0)


def _changed(
    at: Context, axes: WideAxes, values: Sequence[Value], size: Grains, part: Grains, *, gained: bool = False
) -> Value:
    """A change of ``size`` at a share n^part of the places."""
    base, move, *_ = values
    if part and not axes:
        return at.zero
    at.notes.add(MAXIMA)
    tail = rising(largest(t.tail for t in move.terms)) if gained else ()
    return at.value([joined("none", (*base.terms, *move.terms), size, part, bound=True, tail=tail)], axes)


def reranked(at: Context, arguments: tuple[tuple[Along, ...], WideAxes], values: Sequence[Value]) -> Value:
    """The change of ranks of b under a move m: as large as the share of the entries that are passed."""
    along, axes = arguments
    base, move, *dense = values
    if move.top is None:
        return at.zero
    size = _near(_furthest(move), dense)
    if size and not axes:
        return at.zero
    terms = (*base.terms, *move.terms)
    content = _any_order(at, (base, move), along)
    return at.value([Term(size, content, 0, True, symbols_of(terms))], axes)


def permuted(at: Context, arguments: tuple[tuple[Along, ...], WideAxes], values: Sequence[Value]) -> Value:
    """The second operand in the order of the first: entries of the same law at other places."""
    along, axes = arguments
    ranks, value = values
    order = _any_order(at, (ranks,), along)
    bound = not ranks.exact
    return at.value([_moved(term, order, symbols_of(ranks.terms), bound=bound) for term in value.terms], axes)


def repermuted(at: Context, arguments: tuple[tuple[Along, ...], WideAxes], values: Sequence[Value]) -> Value:
    """How a permuted value changes with the order: at most by twice its size; sorted values change by the move."""
    along, axes = arguments
    base, move, *value = values
    order = _any_order(at, (base, move), along)
    symbols = symbols_of((*base.terms, *move.terms))
    changed = value[0] if value else move
    return at.value([_moved(term, order, symbols, bound=True) for term in changed.terms], axes)


def _any_order(at: Context, values: Sequence[Value], along: tuple[Along, ...]) -> Content:
    if not along:
        return generic(t.content for v in values for t in v.terms)
    ((axis, width),) = along
    return ordered(at, values, axis, grains(width))


def _moved(term: Term, order: Content, symbols: int, *, bound: bool) -> Term:
    """``term`` at a place that is a function of content ``order``: where it was small, other values may be large."""
    return term._replace(
        content=term.content.times(order),
        bound=term.bound or bound or bool(term.members),
        symbols=term.symbols | symbols,
        tail=rising(term.tail),
        members=(),
    )
