"""Derivatives of polynomials with respect to Gaussian symbols, entry by entry of one neuron."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tp.activations import find
from tp.graph.axes import Type
from tp.graph.operation import Operation
from tp.interpret.limit.atoms import Atoms, Function
from tp.interpret.limit.errors import NoLimit
from tp.interpret.limit.polynomial import (
    ZERO,
    Atom,
    Hole,
    Monomial,
    Polynomial,
    added,
    closed,
    multiplied,
    opened,
    single,
)
from tp.primitives.pointwise import Pointwise


def derivative(atoms: Atoms, polynomial: Polynomial, symbol: int) -> Polynomial:
    """Σ over the entries of ``symbol`` in ``polynomial``: the derivative by that entry, times a hole in its place.

    Derivatives of jumps are distributions; the results contain them as functions that :func:`singular` knows.
    """
    found: list[Polynomial] = []
    for closed_term in polynomial.terms:
        term, over = opened(closed_term)
        for place, factor in enumerate(term.factors):
            if isinstance(factor, Atom) and symbol in atoms.symbols(factor.number):
                rest = Monomial(term.coefficient, (*term.factors[:place], *term.factors[place + 1 :]))
                found.append(closed(multiplied(Polynomial((rest,)), _of_atom(atoms, factor, symbol)), over))
    return added(*found)


def _of_atom(atoms: Atoms, atom: Atom, symbol: int) -> Polynomial:
    if atom.number == symbol:
        return single(Hole(atom.axes))
    function = atoms.function(atom)
    if function is None:
        return ZERO
    operation = function.operation
    if not isinstance(operation, Pointwise):
        raise NoLimit("TP641", f"the derivative of {operation.keyword()} has no mean here")
    activation = find(operation.activation)
    if activation.vanishes(operation.k + 1) and not singular(replace(operation, k=operation.k + 1)):
        return ZERO
    slope = atoms.add(Function(replace(operation, k=operation.k + 1), function.operands, function.axes))
    (inner,) = atoms.operands(atom)
    return multiplied(single(Atom(slope.number, atom.axes)), derivative(atoms, inner, symbol))


def singular(operation: Operation) -> bool:
    """Whether ``operation`` is a derivative of a function that jumps: a distribution, not a function."""
    if not isinstance(operation, Pointwise):
        return False
    jump = find(operation.activation).jump()
    return jump is not None and operation.k > jump


def filled(polynomial: Polynomial, value: Callable[[Type], Polynomial]) -> Polynomial:
    """``polynomial`` with ``value(axes)`` in place of every hole with the axes ``axes``."""
    found: list[Polynomial] = []
    for closed_term in polynomial.terms:
        term, over = opened(closed_term)
        (hole,) = (f for f in term.factors if isinstance(f, Hole))
        rest = Monomial(term.coefficient, tuple(f for f in term.factors if f is not hole))
        found.append(closed(multiplied(Polynomial((rest,)), value(hole.axes)), over))
    return added(*found)
