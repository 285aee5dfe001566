"""Long polynomials without atoms as one factor, so that products of them do not grow."""

from __future__ import annotations

from tp.interpret.limit.polynomial import Folded, Monomial, Polynomial, Selection, added, renamed, single
from tp.interpret.limit.state import State

_LONG = 3
"""Sums of up to this many monomials stay as they are."""


def folded(state: State, polynomial: Polynomial) -> Polynomial:
    """``polynomial``, with its monomials as one factor where they are many.

    Those that select entries stay, since a later sum may identify their axes.
    """
    if len(polynomial.terms) <= _LONG:
        return polynomial
    loose = tuple(t for t in polynomial.terms if _selects(t))
    rest = Polynomial(tuple(t for t in polynomial.terms if not _selects(t)))
    if len(rest.terms) <= _LONG:
        return polynomial
    number = state.folded.setdefault(rest, len(state.foldings))
    if number == len(state.foldings):
        state.foldings.append(rest)
    return added(Polynomial(loose), single(Folded(number, rest.axes)))


def instance(state: State, factor: Folded) -> Polynomial:
    """The polynomial that ``factor`` stands for, with the axes of ``factor``."""
    found = state.foldings[factor.number]
    return renamed(found, {own.name: axis.name for own, axis in zip(found.axes, factor.axes, strict=True)})


def _selects(term: Monomial) -> bool:
    return any(isinstance(f, Selection) for f in term.factors)
