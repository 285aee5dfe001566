"""Means over virtual neurons: samples of the joint normal law of all symbols that a product depends on."""

from __future__ import annotations

from math import prod

from tp.graph.axes import Axis, Type, names
from tp.interpret.limit.atoms import Function, Symbol, distinct, with_names
from tp.interpret.limit.emit import Evaluate, emitted
from tp.interpret.limit.errors import NoLimit
from tp.interpret.limit.means import covariance
from tp.interpret.limit.polynomial import Atom, Factor, Monomial, Polynomial, Tensor, canonical
from tp.interpret.limit.state import State
from tp.primitives.gather_scatter import Gather
from tp.primitives.joint_normal import ENTRIES, NEURONS, JointNormal
from tp.primitives.pointwise import Pointwise


def averaged(state: State, atoms: tuple[Atom, ...], evaluate: Evaluate) -> int:
    """The node of the mean of the product of ``atoms``, averaged over virtual neurons."""
    state.sampled = True
    symbols = sorted(frozenset(s for a in atoms for s in state.atoms.symbols(a.number)))
    draw = _Draw(state, symbols, evaluate)
    neurons = Axis(NEURONS, state.accuracy.neurons)
    factors = tuple(draw.entry(atom) for atom in atoms)
    term = canonical(Monomial(1.0 / state.accuracy.neurons, factors, (neurons,)))
    return emitted(state, Polynomial((term,)), evaluate)


class _Draw:
    """Atoms as nodes with an axis of neurons."""

    def __init__(self, state: State, symbols: list[int], evaluate: Evaluate) -> None:
        self.state, self.evaluate = state, evaluate
        self.neurons = Axis(NEURONS, state.accuracy.neurons)
        self.nodes = self._symbols(symbols)

    def entry(self, atom: Atom) -> Tensor:
        """``atom`` at all neurons."""
        node = self._node(atom.number)
        own = {a.name: b for a, b in zip(self.state.atoms[atom.number].axes, atom.axes, strict=True)}
        return Tensor(node, tuple(own.get(a.name, a) for a in self.state.target.type(node)))

    def _symbols(self, numbers: list[int]) -> dict[int, int]:
        """One node for each symbol, drawn together."""
        atoms, graph = self.state.atoms, self.state.target
        parts: list[Type] = []
        for number in numbers:
            symbol = atoms[number]
            assert isinstance(symbol, Symbol)
            if not symbol.normal:
                raise NoLimit(
                    "TP641",
                    f"a function of {symbol.weight} needs more of its law than a variance",
                    "give it a normal law",
                )
            parts.append(symbol.axes)
        blocks: list[tuple[int, int]] = []
        operands: list[int] = []
        for i, one in enumerate(numbers):
            for j in range(i, len(numbers)):
                axes = with_names(parts[j], distinct(parts[j], frozenset(names(parts[i]))))
                block = covariance(self.state, Atom(one, parts[i]), Atom(numbers[j], axes))
                if block:
                    blocks.append((i, j))
                    operands.append(emitted(self.state, block, self.evaluate, (*parts[i], *axes)))
        drawn = graph.add(
            JointNormal(tuple(parts), self.neurons.at(1), self.state.accuracy.seed, tuple(blocks)), *operands
        )
        sizes = [prod(a.at(1) for a in part) for part in parts]
        every = Axis(ENTRIES, sum(sizes))
        found: dict[int, int] = {}
        start = 0
        for number, part, size in zip(numbers, parts, sizes, strict=True):
            found[number] = graph.add(Gather(every, part, tuple(range(start, start + size))), drawn)
            start += size
        return found

    def _node(self, number: int) -> int:
        """The node of an atom with its own axes."""
        known = self.nodes.get(number)
        if known is None:
            function = self.state.atoms[number]
            assert isinstance(function, Function)
            axes = None if isinstance(function.operation, Pointwise) else (self.neurons, *function.axes)
            operands = [emitted(self.state, self._drawn(p), self.evaluate, axes) for p in function.operands]
            known = self.nodes[number] = self.state.target.add(function.operation, *operands)
        return known

    def _drawn(self, polynomial: Polynomial) -> Polynomial:
        """``polynomial`` with nodes in place of atoms."""

        def drawn(factor: Factor) -> Factor:
            return self.entry(factor) if isinstance(factor, Atom) else factor

        return Polynomial(
            tuple(canonical(Monomial(t.coefficient, tuple(map(drawn, t.factors)), t.over)) for t in polynomial.terms)
        )
