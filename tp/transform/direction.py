"""Directions in parameter space. For operators they are sums of outer products, so no matrix of that size is built."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeVar

from tp.graph.axes import Scale, Type, names, wide
from tp.graph.builder import GraphBuilder
from tp.primitives.rename import Rename
from tp.primitives.shorthand import combine, contract, scaled
from tp.primitives.traits import Weight


@dataclass(frozen=True, slots=True)
class Factor:
    """left ⊗ right summed over ``shared``: left has the output axes of the weight, right its input axes."""

    left: int
    right: int
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A part of a weight as a value with an entry for each pair of an output and an input index.

    ``node`` has the output axes of the weight and its input axes, each of these under the name :func:`input_name`.
    ``equal`` are the same entries at equal indices of axes that both sides have, by the names of these axes: there the
    node has one axis for both.
    """

    node: int
    equal: tuple[tuple[tuple[str, ...], int], ...] = ()

    @property
    def nodes(self) -> tuple[int, ...]:
        return (self.node, *(node for _, node in self.equal))

    def mapped(self, change: Callable[[int], int]) -> Entries:
        return Entries(change(self.node), tuple((axes, change(node)) for axes, node in self.equal))


def input_name(axis: str, outs: Type) -> str:
    """The name of an input axis beside the output axes ``outs``: with a prime where these have the same name."""
    return axis + "'" if axis in names(outs) else axis


@dataclass(frozen=True, slots=True)
class Direction:
    """A vector in parameter space: a node for each weight that is read, outer products for each that is applied.

    Updates of some optimisers are no sums of outer products; for these an applied weight has ``entries``.
    """

    leaves: Mapping[str, int]
    factors: Mapping[str, tuple[Factor, ...]]
    entries: Mapping[str, tuple[Entries, ...]] = field(default_factory=dict)

    @property
    def nodes(self) -> list[int]:
        """All nodes that it is made of."""
        sides = [node for factors in self.factors.values() for f in factors for node in (f.left, f.right)]
        entries = [node for parts in self.entries.values() for part in parts for node in part.nodes]
        return [*self.leaves.values(), *sides, *entries]

    def mapped(self, change: Callable[[int], int]) -> Direction:
        """The same direction with ``change`` applied to every node."""
        return Direction(
            {name: change(node) for name, node in self.leaves.items()},
            {
                name: tuple(Factor(change(f.left), change(f.right), f.shared) for f in factors)
                for name, factors in self.factors.items()
            },
            {name: tuple(e.mapped(change) for e in parts) for name, parts in self.entries.items()},
        )

    def only(self, name: str) -> Direction:
        """The part along the weight ``name`` alone."""
        return self._chosen(lambda other: other == name)

    def without(self, weights: Collection[str]) -> Direction:
        """The same direction without a part for ``weights``."""
        return self._chosen(lambda name: name not in weights)

    def _chosen(self, chosen: Callable[[str], bool]) -> Direction:
        return Direction(
            {name: node for name, node in self.leaves.items() if chosen(name)},
            {name: factors for name, factors in self.factors.items() if chosen(name)},
            {name: parts for name, parts in self.entries.items() if chosen(name)},
        )

    def mapped_left(self, change: Callable[[int], int]) -> Direction:
        """``change``, a linear map, applied to every part: to the left factors of outer products."""
        return Direction(
            {name: change(node) for name, node in self.leaves.items()},
            {
                name: tuple(Factor(change(f.left), f.right, f.shared) for f in factors)
                for name, factors in self.factors.items()
            },
            {name: tuple(e.mapped(change) for e in parts) for name, parts in self.entries.items()},
        )

    def rescaled(self, graph: GraphBuilder, scale: Callable[[str], Scale]) -> Direction:
        """Every weight's part times ``scale(weight)``."""

        def times(name: str) -> Callable[[int], int]:
            return lambda node: scaled(graph, node, scale(name))

        return Direction(
            {name: times(name)(node) for name, node in self.leaves.items()},
            {
                name: tuple(Factor(times(name)(f.left), f.right, f.shared) for f in factors)
                for name, factors in self.factors.items()
            },
            {name: tuple(e.mapped(times(name)) for e in parts) for name, parts in self.entries.items()},
        )

    def joined(self, other: Direction) -> Direction:
        """The parts of both. A weight that is read must have a part in one of them only."""
        return Direction(
            {**self.leaves, **other.leaves},
            _both(self.factors, other.factors),
            _both(self.entries, other.entries),
        )


P = TypeVar("P")


def _both(one: Mapping[str, tuple[P, ...]], other: Mapping[str, tuple[P, ...]]) -> dict[str, tuple[P, ...]]:
    return {name: (*one.get(name, ()), *other.get(name, ())) for name in (*one, *(n for n in other if n not in one))}


def apply_direction(
    graph: GraphBuilder, weight: Weight, factor: Factor, operand: int
) -> tuple[int, int, tuple[str, ...]]:
    """(∂W) z for ∂W = left ⊗ right, without the last product.

    Returns the vector, its coefficient right·z, and the axes over which their product is to be summed (the
    factor's shared axes, renamed where the operand has axes of the same names).
    """
    first, second = (factor.right, factor.left) if not weight.transposed else (factor.left, factor.right)
    first, second, shared = apart(graph, first, second, factor.shared, operand)
    _, ins = graph.parameters[weight.name].sides(weight.transposed)
    return second, contract(graph, first, operand, names(ins)), shared


def apply_entries(graph: GraphBuilder, weight: Weight, part: Entries, operand: int) -> list[int]:
    """The terms of (∂W) z for a part ∂W with an entry for each pair of indices, or of (∂W)' z.

    The first term counts the two indices of axes that both sides have as different, the others as equal.
    """
    return [_applied(graph, weight, node, equal, operand) for equal, node in (((), part.node), *part.equal)]


def _applied(graph: GraphBuilder, weight: Weight, node: int, equal: tuple[str, ...], operand: int) -> int:
    parameter = graph.parameters[weight.name]
    inputs = {a: input_name(a, parameter.outs) for a in names(parameter.ins) if a not in equal}
    if weight.transposed:
        found = contract(graph, node, operand, [a for a in names(parameter.outs) if a not in equal])
        return _renamed(graph, found, {new: axis for axis, new in inputs.items()})
    return contract(graph, node, _renamed(graph, operand, inputs), tuple(inputs.values()))


def _renamed(graph: GraphBuilder, node: int, renamed: Mapping[str, str]) -> int:
    for old, new in renamed.items():
        node = node if old == new else graph.add(Rename(old, new), node)
    return node


def diagonals(
    graph: GraphBuilder, weight: Weight, factor: Factor, operand: int
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The parts of (∂W) z in which shared wide axes of the factor and axes of the operand have the same index.

    :func:`apply_direction` has them, too. But orders take two indices of one wide axis for different neurons.
    """
    have = [a.name for a in wide(graph.type(operand)) if a.name in factor.shared]
    first, second = (factor.right, factor.left) if not weight.transposed else (factor.left, factor.right)
    _, ins = graph.parameters[weight.name].sides(weight.transposed)
    for size in range(1, len(have) + 1):
        for together in combinations(have, size):
            others = tuple(a for a in factor.shared if a not in together)
            one, two, shared = apart(graph, first, second, others, operand)
            yield two, contract(graph, one, operand, names(ins)), shared


def apart(
    graph: GraphBuilder, first: int, second: int, shared: tuple[str, ...], other: int
) -> tuple[int, int, tuple[str, ...]]:
    """``first`` and ``second`` with new names for those ``shared`` axes that ``other`` also has, and the new names."""
    renamed: list[str] = []
    for axis in shared:
        new = axis
        while new in names(graph.type(other)):
            new += "~"
        if new != axis:
            first, second = (
                graph.add(Rename(axis, new), node) if axis in names(graph.type(node)) else node
                for node in (first, second)
            )
        renamed.append(new)
    return first, second, tuple(renamed)


def squared_norm(
    graph: GraphBuilder, direction: Direction, metric: Callable[[str], Scale], exact: bool = True
) -> int | None:
    """Σ over weights of metric(weight) * |part|^2 as a scalar node; None for the zero direction.

    |Σ_r a_r ⊗ b_r|^2 = Σ_rs (a_r·a_s)(b_r·b_s). With ``exact`` false, products of two different :class:`Factor` are
    left out. The order stays the same, since the squares of the factors bound these products. Products of
    :class:`Entries` with other parts are always left out.
    """
    parts: list[int] = []
    scales: list[Scale] = []

    def include(node: int, scale: Scale) -> None:
        parts.append(node)
        scales.append(scale)

    for name, node in direction.leaves.items():
        include(contract(graph, node, node, names(graph.type(node))), metric(name))
    for name, factors in direction.factors.items():
        for i, one in enumerate(factors):
            for j in range(i, len(factors)) if exact else (i,):
                twice = Scale(1.0 if i == j else 2.0)
                include(overlap(graph, name, one, factors[j]), metric(name) * twice)
            if not exact:
                for diagonal in _diagonals(graph, name, one):
                    include(diagonal, metric(name))
    for name, entries in direction.entries.items():
        for part in entries:
            for node in part.nodes:
                include(contract(graph, node, node, names(graph.type(node))), metric(name))
    return combine(graph, parts, scales) if parts else None


def overlap(graph: GraphBuilder, name: str, one: Factor, other: Factor) -> int:
    """(a·a')(b·b') for two outer products a ⊗ b along the weight ``name``, summed over the shared axes of both."""
    parameter = graph.parameters[name]
    left, right, shared = apart(graph, other.left, other.right, other.shared, one.left)
    left, right, shared = apart(graph, left, right, shared, one.right)
    lefts = contract(graph, one.left, left, names(parameter.outs))
    rights = contract(graph, one.right, right, names(parameter.ins))
    return contract(graph, lefts, rights, (*one.shared, *shared))


def pairing(graph: GraphBuilder, one: Direction, other: Direction) -> int | None:
    """The inner product of two directions as a scalar node; None where no weight has a part in both.

    ``one`` has no entries.
    """
    parts = [
        contract(graph, node, other.leaves[name], names(graph.type(node)))
        for name, node in one.leaves.items()
        if name in other.leaves
    ]
    for name, factors in one.factors.items():
        parameter = graph.parameters[name]
        for factor in factors:
            parts += [overlap(graph, name, factor, f) for f in other.factors.get(name, ())]
            for part in other.entries.get(name, ()):
                for moved in apply_entries(graph, Weight(name, applied=True), part, factor.right):
                    parts.append(contract(graph, factor.left, moved, (*names(parameter.outs), *factor.shared)))
    return combine(graph, parts) if parts else None


def _diagonals(graph: GraphBuilder, name: str, factor: Factor) -> Iterator[int]:
    """The parts of |factor|^2 in which some of its shared wide axes have the same index in both copies."""
    parameter = graph.parameters[name]
    common = [a.name for a in wide(graph.type(factor.left)) if a.name in factor.shared]
    for size in range(1, len(common) + 1):
        for together in combinations(common, size):
            others = tuple(a for a in factor.shared if a not in together)
            left, right, shared = apart(graph, factor.left, factor.right, others, factor.left)
            left, right, shared = apart(graph, left, right, shared, factor.right)
            lefts = contract(graph, factor.left, left, names(parameter.outs))
            rights = contract(graph, factor.right, right, names(parameter.ins))
            yield contract(graph, lefts, rights, (*factor.shared, *shared))
