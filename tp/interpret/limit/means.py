"""Means of polynomials over the law of one neuron, and covariances of Gaussian symbols.

Here only structure is used: independence, symmetry, and Wick's theorem for products of symbols. What is left, means of
products that contain functions, stays a factor (:class:`tp.interpret.limit.polynomial.Mean`), so its axes can still be
identified with each other before it is evaluated (:mod:`tp.interpret.limit.evaluated`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TypeAlias

from tp.graph.axes import Axis, Type, names
from tp.interpret.limit.atoms import Symbol, distinct, with_names
from tp.interpret.limit.derivative import singular
from tp.interpret.limit.errors import NoLimit
from tp.interpret.limit.folding import folded
from tp.interpret.limit.parity import parity
from tp.interpret.limit.polynomial import (
    ZERO,
    Atom,
    Hole,
    Mean,
    Monomial,
    Polynomial,
    added,
    closed,
    equal,
    multiplied,
    number,
    opened,
    renamed,
    scaled,
    single,
    summed,
)
from tp.interpret.limit.state import State
from tp.primitives.pointwise import Pointwise

_MANY = 1 << 8
"""Averages with more entries than this are taken together with all that they are multiplied by."""
Applied: TypeAlias = tuple[tuple[str, int], ...]
"""A product of derivatives of activations."""


def mean(state: State, polynomial: Polynomial) -> Polynomial:
    """The mean of ``polynomial`` over the law of one neuron: a polynomial without atoms.

    It is zero only where it vanishes by symmetry or independence.
    """
    found: list[Polynomial] = []
    for term in polynomial.terms:
        inside, over = opened(term)
        groups = _independent(state, inside.atoms)
        if any(_vanishes(state, group) for group in groups):
            continue
        if any(_many(state, group) for group in groups) and not any(isinstance(f, Hole) for f in term.factors):
            found.append(_whole(state, term))
            continue
        product = _fixed_part(inside)
        for group in groups:
            product = multiplied(product, _of_group(state, group))
        found.append(closed(product, over))
    return added(*found)


def _fixed_part(term: Monomial) -> Polynomial:
    """A monomial that is not summed, without its atoms."""
    return Polynomial((Monomial(term.coefficient, term.fixed),))


def _whole(state: State, term: Monomial) -> Polynomial:
    """The mean of a monomial as one factor: then axes are summed over at every neuron, before the mean is taken."""
    for atom in term.atoms:
        _regular(state, atom)
    start = max([f.depth for f in term.fixed if isinstance(f, Mean)], default=0)
    change = {a: Axis(f"={start + k}", a.size) for k, a in enumerate(term.over)}
    moved = term.mapped(lambda a: change.get(a, a))
    return scaled(single(Mean(moved.atoms, moved.fixed, moved.over)), term.coefficient)


def _many(state: State, group: Sequence[Atom]) -> bool:
    """Whether the mean of a product is an average over virtual neurons with very many entries."""
    axes = {a for atom in group for a in atom.axes if not a.name.startswith("@")}
    return prod(a.at(1) for a in axes) > _MANY and normal_variables(state, group) is None


def normal_variables(state: State, atoms: Sequence[Atom]) -> dict[Polynomial, Applied] | None:
    """The normal variables that ``atoms`` are functions of, with these functions.

    None where there are more than two, or an atom has another form.
    """
    found: dict[Polynomial, Applied] = {}
    for atom in atoms:
        function = state.atoms.function(atom)
        if function is None:
            inside, applied = single(atom), ("identity", 0)
        elif isinstance(function.operation, Pointwise) and not function.slopes:
            (inside,) = state.atoms.operands(atom)
            applied = function.operation.activation, function.operation.k
        else:
            return None
        if not variable(state, inside):
            return None
        found[inside] = tuple(sorted((*found.get(inside, ()), applied)))
    return found if len(found) <= 2 else None


def _of_group(state: State, group: tuple[Atom, ...]) -> Polynomial:
    symbols = [state.atoms.symbol(a) for a in group]
    if any(s is None for s in symbols):
        for atom in group:
            _regular(state, atom)
        return single(Mean(group))
    if len(group) > 2 and not all(s is not None and s.normal for s in symbols):
        return single(Mean(group))
    return _wick(state, group)


def _regular(state: State, atom: Atom) -> None:
    """Raises NoLimit where ``atom`` is a derivative that is no function."""
    function = state.atoms.function(atom)
    if function is not None and singular(function):
        raise NoLimit("TP641", "the mean of a derivative is needed of a function that jumps")


def _wick(state: State, group: tuple[Atom, ...]) -> Polynomial:
    """The mean of a product of jointly normal symbols: the sum over all pairings (Isserlis)."""
    if not group:
        return number(1.0)
    first, *others = group
    parts: list[Polynomial] = []
    for place, other in enumerate(others):
        pair = covariance(state, first, other)
        if pair:
            rest = _wick(state, (*others[:place], *others[place + 1 :]))
            parts.append(multiplied(pair, rest))
    return added(*parts)


def covariance(state: State, one: Atom, other: Atom) -> Polynomial:
    """The covariance of two entries of symbols, with the axes of both."""
    if one.number > other.number:
        one, other = other, one
    known = state.covariances.get((one, other))
    if known is None:
        known = state.covariances[one, other] = folded(state, _covariance(state, one, other))
    return known


def _covariance(state: State, one: Atom, other: Atom) -> Polynomial:
    a, b = state.atoms.symbol(one), state.atoms.symbol(other)
    assert a is not None
    assert b is not None
    if (a.weight, a.transposed) != (b.weight, b.transposed):
        return ZERO
    same = [equal(x, y) for x, y in zip(one.axes[: a.outs], other.axes[: b.outs], strict=True)]
    found = scaled(single(*same), a.variance)
    if a.operand is None or b.operand is None:
        return found
    # The axes that are contracted are the same ones on both sides, and meet no others.
    inner = tuple(Axis(f"{x.name}*", x.size) for x in a.ins)
    left, right = renamed(a.operand, _names(a, one, inner)), renamed(b.operand, _names(b, other, inner))
    return multiplied(found, mean(state, summed(multiplied(left, right), inner)))


def _names(symbol: Symbol, atom: Atom, inner: Type) -> dict[str, str]:
    """New names for the axes of the operand: those of ``atom``, and those of ``inner`` where they are contracted."""
    own, new = (*symbol.axes[symbol.outs :], *symbol.ins), (*atom.axes[symbol.outs :], *inner)
    return {a.name: b.name for a, b in zip(own, new, strict=True)}


def covariance_of(state: State, one: Polynomial, other: Polynomial) -> Polynomial:
    """The covariance of two polynomials of degree one, with the axes of both; constant terms do not count."""
    found: list[Polynomial] = []
    for p in one.terms:
        for q in other.terms:
            if not p.atoms or not q.atoms:
                continue
            left, over_left = opened(p)
            right, over_right = opened(q)
            (a,), (b,) = left.atoms, right.atoms
            pair = covariance(state, a, b)
            if not pair:
                continue
            rest = multiplied(_fixed_part(left), _fixed_part(right))
            found.append(closed(multiplied(rest, pair), (*over_left, *over_right)))
    return added(*found)


def linked(state: State, one: int, other: int) -> bool:
    """Whether some entries of two symbols are correlated, as far as structure says."""
    key = (min(one, other), max(one, other))
    known = state.linked.get(key)
    if known is None:
        known = one == other
        a, b = state.atoms[one], state.atoms[other]
        if not known and isinstance(a, Symbol) and isinstance(b, Symbol):
            change = distinct(b.axes, frozenset(names(a.axes)))
            known = bool(covariance(state, Atom(one, a.axes), Atom(other, with_names(b.axes, change))))
        state.linked[key] = known
    return known


def _independent(state: State, atoms: Sequence[Atom]) -> list[tuple[Atom, ...]]:
    """``atoms`` in groups that are independent of each other, each in order of number."""
    groups: list[tuple[list[Atom], frozenset[int]]] = []
    for atom in atoms:
        mine, symbols = [atom], state.atoms.symbols(atom.number)
        apart: list[tuple[list[Atom], frozenset[int]]] = []
        for group, theirs in groups:
            if any(linked(state, s, t) for s in symbols for t in theirs):
                mine, symbols = group + mine, symbols | theirs
            else:
                apart.append((group, theirs))
        groups = [*apart, (mine, symbols)]
    return [tuple(sorted(group, key=lambda a: a.number)) for group, _ in groups]


def _vanishes(state: State, group: tuple[Atom, ...]) -> bool:
    """Whether the mean of a product vanishes because it changes sign with some symbols whose joint law does not."""
    if len(group) == 1 and state.atoms.symbol(group[0]) is not None:
        return True
    for block in _blocks(state, frozenset(s for a in group for s in state.atoms.symbols(a.number))):
        if parity(state.atoms, group, block) == 1 and all(_symmetric(state, s) for s in block):
            return True
    return False


def _symmetric(state: State, number: int) -> bool:
    found = state.atoms[number]
    return isinstance(found, Symbol) and found.symmetric


def _blocks(state: State, symbols: frozenset[int]) -> list[frozenset[int]]:
    """``symbols`` in blocks that are independent of each other."""
    found: list[frozenset[int]] = []
    for s in sorted(symbols):
        touching = [block for block in found if any(linked(state, s, t) for t in block)]
        found = [block for block in found if block not in touching]
        found.append(frozenset({s}).union(*touching))
    return found


def variable(state: State, polynomial: Polynomial) -> bool:
    """Whether ``polynomial`` is a constant plus a normal variable: of degree at most one, in normal symbols."""
    for term in polynomial.terms:
        if len(term.atoms) > 1:
            return False
        for atom in term.atoms:
            found = state.atoms.symbol(atom)
            if found is None or not found.normal:
                return False
    return True


def constant_part(polynomial: Polynomial) -> Polynomial:
    """The monomials without atoms."""
    return Polynomial(tuple(t for t in polynomial.terms if not t.atoms))
