"""Declared functions of whole vectors: sizes from their norms, and no cancellation (calculus, theorem 3.18a)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from tp.exponent import UNBOUNDED
from tp.orders.facts import Map
from tp.orders.typical.content import UNKNOWN, even, generic, odd
from tp.orders.typical.context import Context, total
from tp.orders.typical.contraction import remaining
from tp.orders.typical.f2 import union
from tp.orders.typical.generator import WideAxes
from tp.orders.typical.grains import Grains, grains, half
from tp.orders.typical.tails import worst
from tp.orders.typical.value import Term, Value, symbols_of

DECLARED = "of a map its declared facts are taken on trust, and no cancellation in sums of its entries is known"


class _Norms(NamedTuple):
    """Exponents, in grains, of the ℓ1, ℓ2 and ℓ∞ norms of a vector."""

    one: Grains
    two: Grains
    top: Grains

    def times(self, other: _Norms) -> _Norms:
        """Of an entrywise product, or of a multilinear map of the class of maps, by Hölder's inequality."""
        one = min(self.two + other.two, self.one + other.top, self.top + other.one)
        return _Norms(one, min(self.two + other.top, self.top + other.two), self.top + other.top)

    def scaled(self, exponent: Fraction) -> _Norms:
        more = grains(exponent)
        return _Norms(self.one + more, self.two + more, self.top + more)

    def joined(self, other: _Norms) -> _Norms:
        return _Norms(max(self.one, other.one), max(self.two, other.two), max(self.top, other.top))


def mapped(at: Context, arguments: tuple[Map, bool, WideAxes, WideAxes], values: Sequence[Value]) -> Value:
    """D^k M(x)[u_1, ..., u_k], or with a cotangent as the second operand the transposed derivative along the others."""
    function, adjoint, ins, outs = arguments
    order = len(values) - 1
    made = ins if adjoint else outs
    if not values[0].terms and _odd_at_zero(function, order):
        return at.zero
    at.notes.add(DECLARED)
    sizes = _slots(values[1:], adjoint, ins, outs)
    found = _flat(function.size, outs) if not order else _product(sizes).scaled(function.exponent(order))
    symmetry = function.symmetry if order % 2 == 0 else _TURNED[function.symmetry]
    return _value(at, found, symmetry, values[:1], values[1:], ins, made)


def remainder(at: Context, arguments: tuple[Map, int, bool, WideAxes, WideAxes], values: Sequence[Value]) -> Value:
    """The same at x + m, less the first terms of its Taylor series in m: x and m are the first operands.

    The remainder is an integral of the next derivative along the move, and of a formal series all derivatives count.
    """
    function, terms, adjoint, ins, outs = arguments
    base, move, *slots = values
    order = len(slots)
    made = ins if adjoint else outs
    if function.vanishes(order + terms) or move.top is None:
        return at.zero
    at.notes.add(DECLARED)
    step, sizes = _norms(move, ins), _slots(slots, adjoint, ins, outs)
    formal = any(t.content.present & at.flips.formal for t in move.terms)
    last = terms if not formal else max(terms, len(function.norms) - order)
    found: _Norms | None = None
    for j in range(terms, last + 1):
        part = _product([*sizes, *[step] * j]).scaled(function.exponent(order + j))
        found = part if found is None else found.joined(part)
    assert found is not None
    if formal and not function.ends and step.top > 0:
        found = _flat(UNBOUNDED, made)
    return _value(at, found, "none", (base, move), slots, ins, made)


_TURNED = {"odd": "even", "even": "odd", "none": "none"}
_JOINS = {"odd": odd, "even": even, "none": generic}


def _odd_at_zero(function: Map, order: int) -> bool:
    """Whether the derivative of this order vanishes at zero by the symmetry."""
    return function.symmetry != "none" and (function.symmetry == "odd") == (order % 2 == 0)


def _flat(exponent: Fraction, axes: WideAxes) -> _Norms:
    size, count = grains(exponent), total(axes)
    return _Norms(size + count, size + half(count), size)


def _slots(values: Sequence[Value], adjoint: bool, ins: WideAxes, outs: WideAxes) -> list[_Norms]:
    """The norms of the operands after x; the first of them is a cotangent where there is one."""
    return [_norms(v, outs if adjoint and not place else ins) for place, v in enumerate(values)]


def _norms(value: Value, axes: WideAxes) -> _Norms:
    """The norms of a value with terms."""
    count = total(axes)
    one, two, top = (
        max(t.size + weight * t.part + (worst(t.tail, weight) if t.tail else 0) for t in value.terms)
        for weight in (Fraction(1), Fraction(1, 2), Fraction(0))
    )
    return _Norms(one + count, two + half(count), top)


def _product(norms: Sequence[_Norms]) -> _Norms:
    first, *rest = norms
    for one in rest:
        first = first.times(one)
    return first


def _value(
    at: Context,
    norms: _Norms,
    symmetry: str,
    nonlinear: Sequence[Value],
    linear: Sequence[Value],
    ins: WideAxes,
    axes: WideAxes,
) -> Value:
    """A value on ``axes`` with these norms. It is linear in some operands, and of ``symmetry`` in the others."""
    content = _JOINS[symmetry](t.content for v in nonlinear for t in v.terms)
    contents = [content]
    for v in linear:
        contents = list(dict.fromkeys(c.times(t.content) for c in contents for t in v.terms))
    everything = [t for v in (*nonlinear, *linear) for t in v.terms]
    present = union(t.content.present for t in everything)
    names = {a for a, _ in axes}
    here = union(at.flips.on(a) for a in names)
    sources = {s for t in everything for s, _ in t.content.skewed if at.skewed_axes(s) & names}
    skewed = tuple(sorted((s, UNKNOWN) for s in sources))
    kept = {c.kept(at.flips.formal).loosened(present & here).with_degrees(skewed) for c in contents}
    gone = tuple(a for a in ins if a[0] not in names)
    symbols = remaining(at, symbols_of(everything), gone) if gone else symbols_of(everything)
    return at.value(
        (Term(size, c, part, True, symbols) for size, part in _levels(norms, total(axes)) for c in kept), axes
    )


def _levels(norms: _Norms, count: Grains) -> Iterable[tuple[Grains, Grains]]:
    """(size, share): vectors that are as large as ``norms`` allow at this share of n^count places.

    Let n^s be the share of the entries that are n^t or larger. Then t + s, t + s/2 and t are at most the exponents of
    the mean, the root mean square and the largest entry. Sums of powers of entries are largest at corners of this
    region.
    """
    top = min(norms.top, norms.two, norms.one)
    two = min(norms.two - half(count), top)
    one = min(norms.one - count, two)
    yield one, 0
    if two > one:
        corner = min(2 * two - one, top)
        yield corner, min(one - corner, 2 * (two - corner), 0)
    if top > two:
        yield top, max(min(2 * (two - top), one - top), -count)
