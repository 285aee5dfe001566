"""Polynomials in the random entries of one neuron, with named finite axes: what a value is at infinite width.

A monomial is a number times a product of factors, summed over some of their axes. Factors are fixed tensors and random
*atoms*; they refer to nodes of the target graph, or to :mod:`tp.interpret.limit.atoms`, by number, and their axes are
given in the order of what they refer to. So another index of the same quantity is the same factor with other axes.
Equal polynomials compare equal where they were made in the same way; that is enough to share work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TypeAlias

from tp.graph.axes import Axis, Type, names
from tp.interpret.limit.errors import NoLimit

MOST_PRODUCTS = 10_000
"""The most monomials that one product makes: derivatives of a function of sums over finite axes have very many."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """The value of node ``node`` of the target graph."""

    node: int
    axes: Type


@dataclass(frozen=True, slots=True)
class Selection:
    """1 where the index along ``source`` is the entry of ``table`` at the indices along ``outs`` (row-major), else 0.

    With one axis in ``outs`` and the table 0, 1, 2, ... it says that two indices are equal.
    """

    source: Axis
    outs: Type
    table: tuple[int, ...]

    @property
    def axes(self) -> Type:
        return (self.source, *self.outs)

    @property
    def equality(self) -> bool:
        """Whether it says that two indices are equal."""
        return (
            len(self.outs) == 1
            and self.table == tuple(range(self.source.at(1)))
            and self.outs[0].at(1) == len(self.table)
        )


@dataclass(frozen=True, slots=True)
class Atom:
    """The random entry number ``number`` in the list of atoms."""

    number: int
    axes: Type


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of a product of atoms, each of which depends on the others.

    With ``over`` it is the mean of the sum over these axes of the product of the atoms and of the fixed factors
    ``inside``. Axes in ``over`` are called =0, =1, ..., and have numbers above those in factors inside.
    """

    atoms: tuple[Atom, ...]
    inside: tuple[Factor, ...] = ()
    over: Type = ()

    @property
    def axes(self) -> Type:
        """The axes that are not summed over, each once."""
        return tuple(a for a in _axes((*self.atoms, *self.inside)) if a not in self.over)

    @property
    def depth(self) -> int:
        """One more than the largest number of an axis that is summed over, here or inside."""
        return max(
            [f.depth for f in self.inside if isinstance(f, Mean)] + [int(a.name[1:]) + 1 for a in self.over] + [0]
        )


@dataclass(frozen=True, slots=True)
class Hole:
    """The place of an entry of a symbol with respect to which a derivative was taken."""

    axes: Type


@dataclass(frozen=True, slots=True)
class Folded:
    """A polynomial without atoms, by its number in the list of those that stand for themselves as one factor."""

    number: int
    axes: Type


Factor: TypeAlias = "Tensor | Selection | Atom | Mean | Hole | Folded"
Names: TypeAlias = Mapping[str, str]
_numbers = count()


@dataclass(frozen=True)
class Monomial:
    """``coefficient`` times the product of ``factors``, summed over the axes ``over``."""

    coefficient: float
    factors: tuple[Factor, ...] = ()
    over: Type = ()

    @cached_property
    def axes(self) -> Type:
        """The axes that are not summed over."""
        return tuple(a for a in _axes(self.factors) if a not in self.over)

    @cached_property
    def _hash(self) -> int:
        return hash((self.coefficient, self.factors, self.over))

    def __hash__(self) -> int:
        return self._hash

    @property
    def atoms(self) -> tuple[Atom, ...]:
        return tuple(f for f in self.factors if isinstance(f, Atom))

    @property
    def fixed(self) -> tuple[Factor, ...]:
        """The factors that are no atoms."""
        return tuple(f for f in self.factors if not isinstance(f, Atom))

    def mapped(self, change: Callable[[Axis], Axis]) -> Monomial:
        """The monomial with ``change`` applied to every axis, also to those that are summed over."""
        return Monomial(
            self.coefficient, tuple(moved(f, change) for f in self.factors), tuple(change(a) for a in self.over)
        )


@dataclass(frozen=True)
class Polynomial:
    """A sum of monomials, no two of which differ by their coefficients only; without any it is zero."""

    terms: tuple[Monomial, ...] = ()

    @cached_property
    def _hash(self) -> int:
        return hash(self.terms)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def axes(self) -> Type:
        """The axes of all monomials that are not summed over."""
        return tuple(dict.fromkeys(a for term in self.terms for a in term.axes))

    @cached_property
    def random(self) -> bool:
        """Whether an atom occurs."""
        return any(term.atoms for term in self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms)


ZERO = Polynomial()


def number(value: float) -> Polynomial:
    """A constant."""
    return Polynomial((Monomial(value),)) if value else ZERO


def single(*factors: Factor, over: Type = ()) -> Polynomial:
    """One monomial."""
    return collected([canonical(Monomial(1.0, factors, over))])


def collected(terms: Iterable[Monomial]) -> Polynomial:
    """The sum of ``terms``, which are canonical; equal ones are joined."""
    found: dict[tuple[tuple[Factor, ...], Type], float] = {}
    for term in terms:
        key = term.factors, term.over
        found[key] = found.get(key, 0.0) + term.coefficient
    return Polynomial(tuple(Monomial(c, *key) for key, c in found.items() if c))


def added(*polynomials: Polynomial) -> Polynomial:
    return collected(term for p in polynomials for term in p.terms)


def scaled(polynomial: Polynomial, factor: float) -> Polynomial:
    if factor == 1.0:
        return polynomial
    return Polynomial(tuple(Monomial(t.coefficient * factor, t.factors, t.over) for t in polynomial.terms if factor))


def multiplied(left: Polynomial, right: Polynomial) -> Polynomial:
    """The product; axes of one name are one index. Raises NoLimit for more than :data:`MOST_PRODUCTS` monomials."""
    if len(left.terms) * len(right.terms) > MOST_PRODUCTS:
        hint = "make finite axes smaller, or leave out functions of sums over them"
        raise NoLimit("TP644", f"a value at infinite width is a sum of more than {MOST_PRODUCTS} products", hint)
    return collected(times(a, b) for a in left.terms for b in right.terms)


def times(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    if not right.factors:
        return Monomial(left.coefficient * right.coefficient, left.factors, left.over)
    if not left.factors:
        return Monomial(left.coefficient * right.coefficient, right.factors, right.over)
    start = len(left.over)
    moved_right = right.mapped(lambda a: _bound(a, start + right.over.index(a)) if a in right.over else a)
    return canonical(
        Monomial(left.coefficient * right.coefficient, left.factors + moved_right.factors, left.over + moved_right.over)
    )


def summed(polynomial: Polynomial, over: Type) -> Polynomial:
    """The sum over the axes ``over``. An axis that a monomial lacks multiplies it by the size."""
    if not over:
        return polynomial
    return closed(polynomial, over)


def renamed(polynomial: Polynomial, change: Names) -> Polynomial:
    """``polynomial`` with other names of axes that are not summed over. Two axes may get one name."""
    if not any(a.name in change for a in polynomial.axes):
        return polynomial
    return collected(
        canonical(t.mapped(lambda a: Axis(change[a.name], a.size) if a.name in change else a)) for t in polynomial.terms
    )


def opened(term: Monomial) -> tuple[Monomial, Type]:
    """``term`` without its sum, and the axes to sum over: they have names that occur nowhere else."""
    if not term.over:
        return term, ()
    fresh = {a: Axis(f"?{next(_numbers)}", a.size) for a in term.over}
    inside = term.mapped(lambda a: fresh.get(a, a))
    return Monomial(term.coefficient, inside.factors), inside.over


def closed(polynomial: Polynomial, over: Type) -> Polynomial:
    """Every monomial of ``polynomial`` summed over those of the axes ``over`` of :func:`opened` that it has.

    An axis that it lacks multiplies it by the size.
    """
    if not over:
        return polynomial
    return collected(canonical(Monomial(t.coefficient, t.factors, (*t.over, *over))) for t in polynomial.terms)


def moved(factor: Factor, change: Callable[[Axis], Axis]) -> Factor:
    """``factor`` with ``change`` applied to its axes."""
    if isinstance(factor, Tensor):
        return Tensor(factor.node, tuple(map(change, factor.axes)))
    if isinstance(factor, Atom):
        return Atom(factor.number, tuple(map(change, factor.axes)))
    if isinstance(factor, Selection):
        return Selection(change(factor.source), tuple(map(change, factor.outs)), factor.table)
    if isinstance(factor, Hole):
        return Hole(tuple(map(change, factor.axes)))
    if isinstance(factor, Folded):
        return Folded(factor.number, tuple(map(change, factor.axes)))

    def free(axis: Axis) -> Axis:
        return axis if axis in factor.over else change(axis)

    atoms = tuple(Atom(a.number, tuple(map(free, a.axes))) for a in factor.atoms)
    return Mean(atoms, tuple(moved(f, free) for f in factor.inside), factor.over)


def equal(one: Axis, other: Axis) -> Selection:
    """1 where the indices along two axes of one size are equal."""
    return Selection(one, (other,), tuple(range(one.at(1))))


def canonical(term: Monomial) -> Monomial:
    """The same monomial with its equalities resolved, its factors sorted and the axes summed over renamed in order."""
    term = _resolved(term)
    bound = frozenset(names(term.over))
    factors = tuple(sorted(term.factors, key=lambda f: _rank(f, bound)))
    order = [a for a in _axes(factors) if a in term.over]
    repeated = 1.0
    for axis in term.over:
        if axis not in order:
            repeated *= axis.at(1)
    fresh = {a: _bound(a, k) for k, a in enumerate(order)}
    if all(a == b for a, b in fresh.items()) and factors == term.factors and len(order) == len(term.over):
        return Monomial(term.coefficient * repeated, factors, tuple(order))
    made = tuple(moved(f, lambda a: fresh.get(a, a)) for f in factors)
    return Monomial(term.coefficient * repeated, made, tuple(fresh.values()))


def _resolved(term: Monomial) -> Monomial:
    """``term`` without selections that only say that an index which is summed over equals another."""
    while True:
        found = _removable(term)
        if found is None:
            return term
        selection, gone, kept = found
        rest = list(term.factors)
        rest.remove(selection)
        factors = tuple(moved(f, lambda a, gone=gone, kept=kept: kept if a == gone else a) for f in rest)
        term = Monomial(term.coefficient, factors, tuple(a for a in term.over if a != gone or gone == kept))


def _removable(term: Monomial) -> tuple[Selection, Axis, Axis] | None:
    """A selection that can go, an axis that it makes equal to another, and that other."""
    met: dict[tuple[Type, tuple[int, ...]], Selection] = {}
    for factor in term.factors:
        if not isinstance(factor, Selection):
            continue
        if factor.equality:
            source, (other,) = factor.source, factor.outs
            if source == other:
                return factor, source, source
            if source in term.over:
                return factor, source, other
            if other in term.over:
                return factor, other, source
        known = met.setdefault((factor.outs, factor.table), factor)
        if known is not factor:
            # The indices are equal, and where the table says -1 the product is zero with either selection.
            if factor.source in term.over:
                return factor, factor.source, known.source
            if known.source in term.over:
                return known, known.source, factor.source
    return None


def _bound(axis: Axis, number: int) -> Axis:
    """The axis that is the ``number``-th one that a monomial is summed over. No name in a program has a ~."""
    return Axis(f"~{number}", axis.size)


def _axes(factors: Iterable[Factor]) -> Type:
    return tuple(dict.fromkeys(a for f in factors for a in f.axes))


def _rank(factor: Factor, bound: frozenset[str]) -> tuple[object, ...]:
    """The place of a factor in its monomial: by what it refers to, then by the axes that are not summed over."""
    free = tuple("" if a.name in bound else a.name for a in factor.axes)
    if isinstance(factor, Tensor):
        return 0, (factor.node,), free, names(factor.axes)
    if isinstance(factor, Selection):
        return 1, factor.table, free, names(factor.axes)
    if isinstance(factor, Atom):
        return 2, (factor.number,), free, names(factor.axes)
    if isinstance(factor, Hole):
        return 3, (), free, names(factor.axes)
    if isinstance(factor, Folded):
        return 4, (factor.number,), free, names(factor.axes)
    return 5, tuple(a.number for a in factor.atoms), free, (*names(factor.axes), *map(repr, factor.inside))
