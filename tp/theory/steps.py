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
from tp.primitives.law_facts import root_mean_square
from tp.quantities.training import Changes
from tp.theory.thin import thinned
from tp.transform.direction import Direction, Factor
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
        """``direction`` without parts that vanish, and without factors with the same values as an earlier one."""
        self._interpret(graph, direction)
        kept: dict[str, tuple[Factor, ...]] = {}
        for name, factors in thinned(graph, direction, self.calculus, self.values).factors.items():
            if moving := tuple(f for f in factors if self._value(f.left).terms and self._value(f.right).terms):
                kept[name] = moving
        return Direction({name: node for name, node in direction.leaves.items() if self._value(node).terms}, kept)

    def joined(self, graph: GraphBuilder, earlier: Changes, change: Direction) -> Changes | None:
        """``earlier`` changes and a later one, without parts that others dominate; None where it adds nothing."""
        self._interpret(graph, change)
        new = self._without(change, earlier)
        if not new.leaves and not new.factors:
            return None
        kept = (self._without(direction, (new,)) for direction in earlier)
        return (*(d for d in kept if d.leaves or d.factors), new)

    def sizes(self, graph: GraphBuilder, displacement: Displacement) -> Mapping[str, Fraction]:
        """By weight the exponent of the largest part of its move; weights that do not move are missing."""
        found: dict[str, Fraction] = {}
        for direction in (*displacement.first, *displacement.rest):
            self._interpret(graph, direction)
            for name, exponent in self._sized(direction):
                found[name] = max(exponent, found.get(name, exponent))
        for name, weight in graph.parameters.items():
            entries = [
                s.exponent for s in (root_mean_square(weight), weight.law.mean) if s is not None and s.coefficient
            ]
            if entries and (share := displacement.radial(name)) is not None:
                exponent = max(entries) + share.exponent
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
        return Direction(leaves, factors)

    def _within(self, factor: Factor, other: Factor) -> bool:
        same = factor.shared == other.shared
        return same and self._covered(factor.left, other.left) and self._covered(factor.right, other.right)

    def _covered(self, node: int, other: int) -> bool:
        one, by = self._value(node), self._value(other)
        return one is by or covered(one.terms, by.terms)

    def _value(self, node: int) -> Value:
        return self.values[node].value

    def _interpret(self, graph: GraphBuilder, direction: Direction) -> None:
        factors = (f for parts in direction.factors.values() for f in parts)
        nodes = [*direction.leaves.values(), *(node for f in factors for node in (f.left, f.right))]
        near_zero(self.calculus, graph, moving=True)
        interpret(graph, nodes, self.calculus, self.values)


def since(sizes: Sequence[Mapping[str, Fraction]]) -> Mapping[str, int]:
    """By weight the step from which it moves as much as after the last one; ``sizes`` are those after each step."""
    return {
        name: next(step for step, found in enumerate(sizes, 1) if name in found and found[name] >= size)
        for name, size in sizes[-1].items()
    }
