"""Symbolic steps of training, one after another, until a further step changes nothing (calculus, theorem 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from tp.graph.builder import GraphBuilder
from tp.interpret.near_zero import near_zero
from tp.interpret.orders import interpret
from tp.orders.typical.pruning import covered
from tp.orders.typical.recorder import Calculus, Derived
from tp.orders.typical.value import Value
from tp.primitives.law_facts import initial_size
from tp.quantities.training import Changes
from tp.theory.thin import thinned
from tp.transform.direction import Direction, Entries, Factor
from tp.transform.displacement import Displacement

SETTLING = 10
"""Steps beyond the number of weights after which a program counts as not settled."""


class Parts:
    """What directions are made of, compared by abstract values.

    What a part adds to any sum depends on its values alone, and grows with them. Equal terms of a sum count once. So a
    part whose values are dominated by those of another one changes no order.
    """

    def __init__(self, calculus: Calculus, values: dict[int, Derived]) -> None:
        self.calculus = calculus
        self.values = values

    def thinned(self, graph: GraphBuilder, direction: Direction) -> Direction:
        """``direction`` without parts that vanish, and without those with the same values as an earlier one."""
        self._interpret(graph, direction)
        found = thinned(graph, direction, self.calculus, self.values)
        leaves = {name: node for name, node in found.leaves.items() if self._moves(node)}
        factors, entries = found.factors.items(), found.entries.items()
        return Direction(
            leaves,
            {name: kept for name, fs in factors if (kept := tuple(f for f in fs if self._moves(f.left, f.right)))},
            {name: kept for name, parts in entries if (kept := tuple(e for e in parts if self._moves(e.node)))},
        )

    def joined(self, graph: GraphBuilder, earlier: Changes, change: Direction) -> Changes | None:
        """``earlier`` changes and a later one, without parts that others dominate; None where it adds nothing."""
        self._interpret(graph, change)
        new = self._without(change, earlier)
        if not new.nodes:
            return None
        kept = (self._without(direction, (new,)) for direction in earlier)
        return (*(d for d in kept if d.nodes), new)

    def sizes(self, graph: GraphBuilder, displacement: Displacement) -> Mapping[str, Fraction]:
        """By weight the exponent of the largest part of its move; weights that do not move are missing."""
        found: dict[str, Fraction] = {}
        for direction in (*displacement.first, *displacement.rest):
            self._interpret(graph, direction)
            for name, exponent in self._sized(direction):
                found[name] = max(exponent, found.get(name, exponent))
        for name, weight in graph.parameters.items():
            size, share = initial_size(weight), displacement.radial(name)
            if size is not None and share is not None:
                exponent = size + share.exponent
                found[name] = max(exponent, found.get(name, exponent))
        return found

    def _sized(self, direction: Direction) -> Iterable[tuple[str, Fraction]]:
        for name, node in direction.leaves.items():
            if (exponent := self._value(node).root_mean_square) is not None:
                yield name, exponent
        for name, factors in direction.factors.items():
            for f in factors:
                left, right = (self._value(node).root_mean_square for node in (f.left, f.right))
                if left is not None and right is not None:
                    yield name, left + right
        for name, parts in direction.entries.items():
            for part in parts:
                if (exponent := self._value(part.node).root_mean_square) is not None:
                    yield name, exponent

    def _without(self, direction: Direction, others: Sequence[Direction]) -> Direction:
        """``direction`` without the parts that parts of ``others`` dominate."""
        leaves = {
            name: node
            for name, node in direction.leaves.items()
            if not any(name in o.leaves and self._covered(node, o.leaves[name]) for o in others)
        }
        factors: dict[str, tuple[Factor, ...]] = {}
        for name, parts in direction.factors.items():
            known = [f for o in others for f in o.factors.get(name, ())]
            if kept := tuple(f for f in parts if not any(self._within(f, k) for k in known)):
                factors[name] = kept
        entries: dict[str, tuple[Entries, ...]] = {}
        for name, wholes in direction.entries.items():
            others_of = [e for o in others for e in o.entries.get(name, ())]
            if left := tuple(e for e in wholes if not any(self._same_or_less(e, k) for k in others_of)):
                entries[name] = left
        return Direction(leaves, factors, entries)

    def _same_or_less(self, part: Entries, other: Entries) -> bool:
        pairs = list(zip(part.nodes, other.nodes, strict=False))
        return len(part.nodes) == len(other.nodes) and all(self._covered(n, o) for n, o in pairs)

    def _moves(self, *nodes: int) -> bool:
        """Whether none of ``nodes`` vanishes identically."""
        return all(self._value(node).terms for node in nodes)

    def value(self, graph: GraphBuilder, node: int) -> Value:
        """The abstract value of a node of a program in training."""
        if node not in self.values:
            near_zero(self.calculus, graph, moving=True)
            interpret(graph, [node], self.calculus, self.values)
        return self.values[node].value

    def _within(self, factor: Factor, other: Factor) -> bool:
        same = factor.shared == other.shared
        return same and self._covered(factor.left, other.left) and self._covered(factor.right, other.right)

    def _covered(self, node: int, other: int) -> bool:
        one, by = self._value(node), self._value(other)
        return one is by or covered(one.terms, by.terms)

    def _value(self, node: int) -> Value:
        return self.values[node].value

    def _interpret(self, graph: GraphBuilder, direction: Direction) -> None:
        near_zero(self.calculus, graph, moving=True)
        interpret(graph, direction.nodes, self.calculus, self.values)


def since(sizes: Sequence[Mapping[str, Fraction]]) -> Mapping[str, int]:
    """By weight the step from which it moves as much as after the last one; ``sizes`` are those after each step."""
    return {
        name: next(step for step, found in enumerate(sizes, 1) if name in found and found[name] >= size)
        for name, size in sizes[-1].items()
    }
