"""Means of products of functions as nodes of the target graph: by one or two normal variables, else by samples."""

from __future__ import annotations

from collections.abc import Sequence

from tp.graph.axes import Axis, Type
from tp.interpret.limit.derivative import derivative, filled
from tp.interpret.limit.emit import emitted
from tp.interpret.limit.errors import NoLimit
from tp.interpret.limit.folding import instance
from tp.interpret.limit.means import (
    Applied,
    constant_part,
    covariance,
    covariance_of,
    linked,
    mean,
    normal_variables,
)
from tp.interpret.limit.neurons import averaged
from tp.interpret.limit.polynomial import Atom, Folded, Mean, Monomial, Polynomial, added, moved
from tp.interpret.limit.state import State
from tp.primitives.gaussian_mean import GaussianMean


def node_of(state: State, polynomial: Polynomial, axes: Type | None = None) -> int:
    """The node of ``polynomial``, which has no atoms. With ``axes`` it has all of these axes."""
    return emitted(state, polynomial, lambda found: evaluated(state, found), axes)


def evaluated(state: State, found: Mean | Folded) -> tuple[int, Type]:
    """The node of a factor, and the axes that its axes stand for, in order.

    The same factor at other indices is the same node.
    """
    axes = tuple(dict.fromkeys(found.axes))
    standard = {a: _standard(a, k) for k, a in enumerate(axes)}
    back = {s: a for a, s in standard.items()}
    renamed = moved(found, lambda a: standard[a])
    assert isinstance(renamed, Mean | Folded)
    known = state.evaluated.get(renamed)
    if known is None:
        node = _evaluated(state, renamed) if isinstance(renamed, Mean) else node_of(state, instance(state, renamed))
        known = state.evaluated[renamed] = node, state.target.type(node)
    node, own = known
    return node, tuple(back[a] for a in own)


def _standard(axis: Axis, number: int) -> Axis:
    """The name of an axis of a mean on its own. Axes of batches keep theirs."""
    return axis if axis.name.startswith("@") else Axis(f"i{number}", axis.size)


def _evaluated(state: State, found: Mean) -> int:
    if not found.over:
        variables = normal_variables(state, found.atoms)
        if variables is not None:
            return _gaussian(state, variables)
        shorter = _shorter(state, found.atoms)
        if shorter is not None:
            return node_of(state, shorter)
    return averaged(state, found, lambda other: evaluated(state, other))


def _shorter(state: State, atoms: tuple[Atom, ...]) -> Polynomial | None:
    """The mean of a product of atoms by means of products with one symbol less; None where there is no such form."""
    try:
        parts = _by_parts(state, atoms)
        found = None if parts is None else mean(state, parts)
    except NoLimit:
        return None
    if found is not None and any(
        _symbols(state, f.atoms) >= _symbols(state, atoms)
        for t in found.terms
        for f in t.factors
        if isinstance(f, Mean)
    ):
        return None  # derivatives of a function of a power bring symbols back
    return found


def _symbols(state: State, atoms: Sequence[Atom]) -> int:
    """How many of ``atoms`` are symbols, not functions."""
    return sum(state.atoms.symbol(a) is not None for a in atoms)


def _gaussian(state: State, variables: dict[Polynomial, Applied]) -> int:
    inside = list(variables)
    means = [constant_part(p) for p in inside]
    centred = not any(means)
    operands = [] if centred else [node_of(state, m) for m in means]
    operands += [node_of(state, covariance_of(state, p, p)) for p in inside]
    if len(inside) == 2:
        operands.append(node_of(state, covariance_of(state, *inside)))
    functions = tuple(variables.values())
    operation = GaussianMean(functions, centred, state.accuracy.resolution)
    return state.target.add(operation, *operands)


def _by_parts(state: State, atoms: tuple[Atom, ...]) -> Polynomial | None:
    """A polynomial with the mean of the product of ``atoms`` and one symbol less; None where no atom is a symbol.

    E[Z G] = Σ over entries S of symbols: Cov(Z, S) E[∂G/∂S] for a normal Z (Stein).
    """
    place = next((k for k, a in enumerate(atoms) if (s := state.atoms.symbol(a)) is not None and s.normal), None)
    if place is None:
        return None
    symbol, rest = atoms[place], (*atoms[:place], *atoms[place + 1 :])
    product = Polynomial((Monomial(1.0, rest),))
    parts: list[Polynomial] = []
    for other in sorted(state.atoms.symbols_of(product)):
        if linked(state, symbol.number, other):
            slopes = derivative(state.atoms, product, other)
            parts.append(filled(slopes, lambda axes, other=other: covariance(state, symbol, Atom(other, axes))))
    return added(*parts)
