"""Which random numbers a value depends on, and which sums are correlated with them."""

from __future__ import annotations

from collections.abc import Sequence

from tp.graph.axes import names
from tp.interpret.limit.atoms import Symbol, distinct
from tp.interpret.limit.means import mean
from tp.interpret.limit.polynomial import Atom, Factor, Folded, Mean, Polynomial, Tensor, added, multiplied, renamed
from tp.interpret.limit.state import State
from tp.interpret.limit.value import Part


def nodes_in(state: State, polynomial: Polynomial) -> frozenset[int]:
    """The nodes of the target graph that ``polynomial`` and the laws of its atoms are made of."""
    found: set[int] = set()
    seen: set[int] = set()
    opened: set[int] = set()
    pending: list[Factor] = [f for term in polynomial.terms for f in term.factors]
    while pending:
        factor = pending.pop()
        if isinstance(factor, Tensor):
            found.add(factor.node)
            continue
        if isinstance(factor, Folded):
            if factor.number not in opened:
                opened.add(factor.number)
                pending += [f for term in state.foldings[factor.number].terms for f in term.factors]
            continue
        if isinstance(factor, Mean):
            pending += factor.inside
        members = factor.atoms if isinstance(factor, Mean) else (factor,) if isinstance(factor, Atom) else ()
        for atom in members:
            if atom.number not in seen:
                seen.add(atom.number)
                definition = state.atoms[atom.number]
                operands = (definition.operand,) if isinstance(definition, Symbol) else definition.operands
                pending += [f for p in operands if p is not None for term in p.terms for f in term.factors]
    return frozenset(found)


def covariance_of_parts(state: State, one: Sequence[Part], other: Sequence[Part]) -> Polynomial:
    """The covariance of two sums of parts: parts over different neurons are independent."""
    return added(*(mean(state, multiplied(p.terms, q.terms)) for p in one for q in other if p.wide == q.wide))


def correlated(state: State, one: Sequence[Part], other: Sequence[Part]) -> bool:
    """Whether two sums have a covariance, at any of their indices, as far as structure says."""
    taken = frozenset(name for part in one for name in names(part.terms.axes))
    axes = tuple(dict.fromkeys(a for part in other for a in part.terms.axes))
    change = distinct(axes, taken)
    return bool(covariance_of_parts(state, one, [Part(p.wide, renamed(p.terms, change)) for p in other]))
