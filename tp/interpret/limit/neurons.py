"""Means over virtual neurons: samples of the joint normal law of all symbols that a product depends on.

Every symbol is sampled once, given the earlier symbols that it is correlated with, and every function of symbols is
evaluated once. All means of a limit are averages over the same neurons.
"""

from __future__ import annotations

from math import prod

from tp.graph.axes import Axis, names
from tp.interpret.limit.atoms import Function, Symbol, distinct, with_names
from tp.interpret.limit.emit import Evaluate, emitted
from tp.interpret.limit.errors import NoLimit
from tp.interpret.limit.means import covariance, linked
from tp.interpret.limit.polynomial import Atom, Factor, Mean, Monomial, Polynomial, Tensor, canonical
from tp.interpret.limit.state import State
from tp.primitives.gather_scatter import Gather
from tp.primitives.joint_normal import ENTRIES, NEURONS, JointNormal
from tp.primitives.pointwise import Pointwise

DIMENSIONS = 4096
"""The dimension of the points: the most random numbers at one neuron."""


def averaged(state: State, found: Mean, evaluate: Evaluate) -> int:
    """The node of a mean, averaged over virtual neurons."""
    neurons = _neurons(state)
    factors = tuple(_entry(state, atom, evaluate) for atom in found.atoms)
    term = canonical(Monomial(1.0 / neurons.at(1), (*factors, *found.inside), (neurons, *found.over)))
    return emitted(state, Polynomial((term,)), evaluate)


def _neurons(state: State) -> Axis:
    return Axis(NEURONS, state.accuracy.neurons)


def _entry(state: State, atom: Atom, evaluate: Evaluate) -> Tensor:
    """``atom`` at all neurons."""
    node = _node(state, atom.number, evaluate)
    own = {a.name: b for a, b in zip(state.atoms[atom.number].axes, atom.axes, strict=True)}
    return Tensor(node, tuple(own.get(a.name, a) for a in state.target.type(node)))


def _node(state: State, number: int, evaluate: Evaluate) -> int:
    """The node of an atom with its own axes, at all neurons."""
    known = state.samples.get(number)
    if known is None:
        found = state.atoms[number]
        if isinstance(found, Symbol):
            known = _sampled(state, number, found, evaluate)
        else:
            known = _applied(state, found, evaluate)
        state.samples[number] = known
    return known


def _sampled(state: State, number: int, symbol: Symbol, evaluate: Evaluate) -> int:
    """A symbol given the earlier ones that it depends on."""
    if not symbol.normal:
        raise NoLimit(
            "TP641",
            f"a function of {symbol.weight} depends on more of its law than the variance",
            "give it a normal law",
        )
    before = _before(state, number)
    numbers = [*before, number]
    parts = tuple(state.atoms[k].axes for k in numbers)
    given = [_node(state, k, evaluate) for k in before]
    blocks: list[tuple[int, int]] = []
    covariances: list[int] = []
    for i, one in enumerate(numbers):
        for j in range(i, len(numbers)):
            axes = with_names(parts[j], distinct(parts[j], frozenset(names(parts[i]))))
            block = covariance(state, Atom(one, parts[i]), Atom(numbers[j], axes))
            if block:
                blocks.append((i, j))
                covariances.append(emitted(state, block, evaluate, (*parts[i], *axes)))
    size = prod(a.at(1) for a in symbol.axes)
    first, state.dimension = state.dimension, state.dimension + size
    if state.dimension > DIMENSIONS:
        raise NoLimit(
            "TP644",
            f"one neuron has more than {DIMENSIONS} random numbers for these inputs",
            "ask for fewer inputs at a time",
        )
    accuracy = state.accuracy
    operation = JointNormal(parts, accuracy.neurons, accuracy.seed, tuple(blocks), len(before), first, DIMENSIONS)
    drawn = state.target.add(operation, *given, *covariances)
    return state.target.add(Gather(Axis(ENTRIES, size), symbol.axes, tuple(range(size))), drawn)


def _before(state: State, number: int) -> list[int]:
    """The symbols that have samples and on which the law of symbol ``number`` depends, directly or not."""
    sampled = [k for k in state.samples if isinstance(state.atoms[k], Symbol)]
    met, found = {number}, True
    while found:
        found = [k for k in sampled if k not in met and any(linked(state, k, m) for m in met)]
        met.update(found)
    return sorted(met - {number})


def _applied(state: State, function: Function, evaluate: Evaluate) -> int:
    """A function at all neurons."""
    axes = None if isinstance(function.operation, Pointwise) else (_neurons(state), *function.axes)
    operands = [emitted(state, _drawn(state, p, evaluate), evaluate, axes) for p in function.operands]
    return state.target.add(function.operation, *operands)


def _drawn(state: State, polynomial: Polynomial, evaluate: Evaluate) -> Polynomial:
    """``polynomial`` with nodes in place of atoms."""

    def drawn(factor: Factor) -> Factor:
        return _entry(state, factor, evaluate) if isinstance(factor, Atom) else factor

    return Polynomial(
        tuple(canonical(Monomial(t.coefficient, tuple(map(drawn, t.factors)), t.over)) for t in polynomial.terms)
    )
