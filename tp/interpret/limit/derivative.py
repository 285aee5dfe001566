"""Derivatives of polynomials with respect to Gaussian symbols, entry by entry of one neuron."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tp.activations import find
from tp.graph.axes import Type
from tp.interpret.limit.atoms import Atoms, Function
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
    if function.slopes or not isinstance(operation, Pointwise):
        slope = atoms.add(replace(function, slopes=function.slopes + 1))
        inside = [derivative(atoms, inner, symbol) for inner in atoms.operands(atom)]
        return multiplied(single(Atom(slope.number, atom.axes)), added(*inside))
    activation = find(operation.activation)
    if activation.vanishes(operation.k + 1) and not _jumps(replace(operation, k=operation.k + 1)):
        return ZERO
    slope = atoms.add(Function(replace(operation, k=operation.k + 1), function.operands, function.axes))
    (inner,) = atoms.operands(atom)
    return multiplied(single(Atom(slope.number, atom.axes)), derivative(atoms, inner, symbol))


def singular(function: Function) -> bool:
    """Whether ``function`` is a derivative that is not a function, such as that of a jump, or one without a formula."""
    return function.slopes > 0 or (isinstance(function.operation, Pointwise) and _jumps(function.operation))


def _jumps(operation: Pointwise) -> bool:
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
