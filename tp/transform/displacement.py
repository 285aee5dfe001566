"""A program at displaced weights, split into its value at θ, its first-order change, and the remainder.

At the weights θ + first + rest every node h becomes three nodes: h(θ), ∇h·first, and the rest
h(θ + first + rest) - h(θ) - ∇h·first. One step of training is such a displacement. So is a step of size ε n^λ with a
formal variable ε: its order gives the orders of all derivatives (docs/calculus.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import combinations
from typing import Any

from tp.activations import Activation, Smoothness, find
from tp.graph.axes import ONE, Scale, wide
from tp.graph.builder import GraphBuilder
from tp.graph.interpretation import Interpretation
from tp.graph.operation import Operation
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.largest import Largest
from tp.primitives.map_remainder import MapRemainder
from tp.primitives.mapped import Mapped, map_node
from tp.primitives.peak import Peak
from tp.primitives.permuted import Permuted, Repermuted
from tp.primitives.product import Product
from tp.primitives.rank import Rank, Reranked
from tp.primitives.remainder import Crossings, Remainder
from tp.primitives.shorthand import apply_function, combine, contract, multiply, scaled, spread
from tp.primitives.switched import Switched
from tp.primitives.traits import Function, Weight
from tp.transform.algebra import Algebra
from tp.transform.direction import Direction, Entries, Factor, apply_direction, apply_entries, diagonals
from tp.transform.linear_image import linear_image

MOST_POWERS = 8
"""The largest degree of a polynomial whose series is written out (calculus, theorem 3.9)."""


@dataclass(frozen=True, slots=True)
class Displaced:
    """Nodes of one value: at θ, its first-order change, and the rest; None for a part that vanishes identically."""

    base: int
    first: int | None = None
    rest: int | None = None

    @property
    def moves(self) -> bool:
        return self.first is not None or self.rest is not None


@dataclass(frozen=True, slots=True)
class Displacement:
    """The change of the weights: directions that count as first order, and directions that belong to the rest.

    ``radial`` is by weight the multiple of it that is one more direction of first order, as weight decay has it, or
    None for a weight without.
    """

    first: tuple[Direction, ...] = ()
    rest: tuple[Direction, ...] = ()
    radial: Callable[[str], Scale | None] = lambda _: None

    def of(self, weight: str) -> Displacement:
        """The change of one weight alone."""
        first, rest = (tuple(d.only(weight) for d in directions) for directions in (self.first, self.rest))
        return Displacement(first, rest, lambda name: self.radial(name) if name == weight else None)


class Displacing(Algebra[Displaced]):
    """Carries (base, first, rest) through a program.

    ``crossings``: whether values cross points where a derivative jumps. It is ``NONE`` where the change is a formal
    power series.
    """

    def __init__(self, graph: GraphBuilder, displacement: Displacement, crossings: Crossings = Crossings.SEEN) -> None:
        self.graph = graph
        self.depth = 1
        self.displacement = displacement
        self.crossings = crossings
        self.arguments: dict[int, Displaced] = {}
        """The arguments of functions that are no polynomials and change, by base node."""
        self.roots: set[int] = set()
        """Those of roots and negative powers, which are not smooth at 0."""
        self.moving: dict[int, Displaced] = {}
        """Wide values in whose node a part of the rest arises (:attr:`sources`), by base node."""
        self.sources: dict[int, list[int]] = {}
        """For every base node, the parts of its rest that arise there and are not passed on by a linear map."""

    def flat(self, node: int) -> Displaced:
        return Displaced(node)

    def constant(self, operation: Operation, jets: Sequence[Displaced]) -> Displaced:
        if self.crossings is Crossings.NONE or not any(j.moves for j in jets):
            return super().constant(operation, jets)
        return _crossings.of(operation)(operation, self, jets)

    def made(self, base: int, rest: int) -> Displaced:
        """A value whose derivative is zero, but which changes by ``rest``. That change is recorded as a source."""
        return self._made(base, [], [], [rest])

    def leaf(self, node: int, weight: str) -> Displaced:
        moves = [
            self._sum([found for d in directions if (found := d.leaves.get(weight)) is not None])
            for directions in (self.displacement.first, self.displacement.rest)
        ]
        if (share := self.displacement.radial(weight)) is not None:
            along = scaled(self.graph, self._whole(node, weight), share)
            moves[0] = self._sum([m for m in (along, moves[0]) if m is not None])
        return Displaced(node, *moves)

    def _whole(self, node: int, weight: str) -> int:
        """The weight at ``node`` with its mean; the node has only the centred part."""
        mean = self.graph.parameters[weight].law.mean
        if mean is None:
            return node
        ones = spread(self.graph, self.graph.add(Constant((1.0,))), self.graph.type(node))
        return combine(self.graph, [node, ones], [ONE, mean])

    def linear(self, operation: Operation, jets: Sequence[Displaced]) -> Displaced:
        base = self.graph.add(operation, *(j.base for j in jets))
        bases = [j.base for j in jets]
        first, rest = (
            linear_image(self.graph, operation, bases, moves)
            for moves in ([j.first for j in jets], [j.rest for j in jets])
        )
        return Displaced(base, first, rest)

    def bilinear(self, operation: Operation, left: Displaced, right: Displaced) -> Displaced:
        def times(a: int | None, b: int | None) -> list[int]:
            return [] if a is None or b is None else [self.graph.add(operation, a, b)]

        base = self.graph.add(operation, left.base, right.base)
        first = [*times(left.first, right.base), *times(left.base, right.first)]
        if (found := self._maximum(operation, left, right)) is not None:
            mask, value, largest = found
            move = self.move(value)
            assert move is not None
            passed = times(mask.base, value.rest)
            # Where another entry becomes the largest, the two differ by no more than they move.
            change = Switched(largest.axis, summed=True, count=largest.count)
            gained = [self.graph.add(change, value.base, move)] if mask.moves else []
            return self._made(base, first, passed, gained)
        both = times(self.move(left), self.move(right))
        return self._made(base, first, [*times(left.rest, right.base), *times(left.base, right.rest)], both)

    def _maximum(
        self, operation: Operation, left: Displaced, right: Displaced
    ) -> tuple[Displaced, Displaced, Largest] | None:
        """(mask, value, mask's operation) where the product is a sum of the largest entries of a value that moves."""
        for mask, value in ((left, right), (right, left)):
            node = self.graph[mask.base]
            if isinstance(node.operation, Largest) and node.operands == (value.base,) and value.moves:
                largest = node.operation
                return (mask, value, largest) if operation == Product((largest.axis,)) else None
        return None

    def placed(self, operation: Operation, places: Displaced, value: Displaced) -> Displaced:
        return _placed.of(operation)(operation, self, places, value)

    def permuted(self, operation: Permuted, ranks: Displaced, value: Displaced) -> Displaced:
        """A value in the order of ranks, both of which change."""
        base = self.graph.add(operation, ranks.base, value.base)
        first, passed = (
            [] if m is None else [self.graph.add(operation, ranks.base, m)] for m in (value.first, value.rest)
        )
        made: list[int] = []
        if (change := ranks.rest) is not None:
            key, move = self.graph[change].operands
            order = Repermuted(operation.axis, operation.inverse, own=key == value.base and not operation.inverse)
            made = [self.graph.add(order, key, move, *([] if order.own else [self.total(value)]))]
        return self._made(base, first, passed, made)

    def pointwise(self, operation: Operation, function: Function, jet: Displaced) -> Displaced:
        base = self.graph.add(operation, jet.base)
        move = self.move(jet)
        if move is None:
            return Displaced(base)
        activation, k = find(function.activation), function.k
        first, passed, made = [], [], []
        if not activation.vanishes(k + 1):
            slope = apply_function(self.graph, function.activation, jet.base, k + 1)
            first = [] if jet.first is None else [multiply(self.graph, slope, jet.first)]
            passed = [] if jet.rest is None else [multiply(self.graph, slope, jet.rest)]
        jump = activation.jump()
        crosses = jump is not None and k <= jump and self.crossings is not Crossings.NONE
        if crosses or not activation.vanishes(k + 2):
            made = [self.graph.add(Remainder(function.activation, k, 2, self.crossings.value), jet.base, move)]
            if not polynomial(activation):
                self.arguments[jet.base] = jet
            if activation.smoothness is Smoothness.SINGULAR_AT_ZERO:
                self.roots.add(jet.base)
        return self._made(base, first, passed, made)

    def mapped(self, operation: Mapped, jets: Sequence[Displaced]) -> Displaced:
        """Linear in all operands but the first: the whole change is the sum over which of them move."""
        base = map_node(self.graph, operation, [j.base for j in jets])
        x, *slots = jets
        bases = [j.base for j in slots]
        first, passed = (
            self._along(operation, x.base, moves, bases, [pick(j) for j in slots])
            for pick, moves in ((_first, x.first), (_rest, x.rest))
        )
        step = self.move(x)
        moves = [self.move(j) for j in slots]
        moving = [place for place, m in enumerate(moves) if m is not None]
        made: list[int] = []
        for count in range(len(moving) + 1):
            for chosen in combinations(moving, count):
                both = enumerate(zip(bases, moves, strict=True))
                nodes = [m if place in chosen and m is not None else b for place, (b, m) in both]
                if count > 1:
                    made.append(map_node(self.graph, operation, [x.base, *nodes]))
                made += self._left(operation, x.base, step, nodes, terms=1 if count else 2)
        if step is not None and not operation.ends:
            self.arguments[x.base] = x
        return self._made(base, first, passed, made)

    def _along(
        self, operation: Mapped, x: int, move: int | None, slots: Sequence[int], moves: Sequence[int | None]
    ) -> list[int]:
        """The derivative of ``operation`` along moves of its operands."""
        found = [
            map_node(self.graph, operation, [x, *slots[:place], m, *slots[place + 1 :]])
            for place, m in enumerate(moves)
            if m is not None
        ]
        further = operation.at(operation.order + 1, operation.adjoint)
        if move is not None and not further.vanishes(further.slots):
            found.append(map_node(self.graph, further, [x, *slots, move]))
        return found

    def _left(self, operation: Mapped, x: int, move: int | None, slots: Sequence[int], terms: int) -> list[int]:
        """The remainder of ``operation`` in a move of x; nothing where it vanishes."""
        if move is None or operation.vanishes(operation.slots + terms):
            return []
        facts = {f.name: getattr(operation, f.name) for f in fields(operation)}
        return [map_node(self.graph, MapRemainder(**facts, terms=terms), [x, move, *slots])]

    def apply(self, operation: Operation, weight: Weight, jet: Displaced) -> Displaced:
        base = self.graph.add(operation, jet.base)
        first = [] if jet.first is None else [self.graph.add(operation, jet.first)]
        passed = [] if jet.rest is None else [self.graph.add(operation, jet.rest)]
        made: list[int] = []
        if (share := self.displacement.radial(weight.name)) is not None:
            first.append(scaled(self.graph, base, share))
            if (move := self.move(jet)) is not None:
                made.append(scaled(self.graph, self.graph.add(operation, move), share))
        for direction in self.displacement.first:
            for factor in direction.factors.get(weight.name, ()):
                first.append(self._moved(weight, factor, jet.base))
                if (move := self.move(jet)) is not None:
                    made.append(self._moved(weight, factor, move))
            for part in direction.entries.get(weight.name, ()):
                first.append(self._mapped(weight, part, jet.base))
                if (move := self.move(jet)) is not None:
                    made.append(self._mapped(weight, part, move))
        for direction in self.displacement.rest:
            for factor in direction.factors.get(weight.name, ()):
                made.append(self._moved(weight, factor, self.total(jet)))
            for part in direction.entries.get(weight.name, ()):
                made.append(self._mapped(weight, part, self.total(jet)))
        return self._made(base, first, passed, made)

    def _moved(self, weight: Weight, factor: Factor, operand: int) -> int:
        vector, coefficient, shared = apply_direction(self.graph, weight, factor, operand)
        whole = contract(self.graph, vector, coefficient, shared)
        same = [contract(self.graph, *parts) for parts in diagonals(self.graph, weight, factor, operand)]
        return combine(self.graph, [whole, *same])

    def _mapped(self, weight: Weight, part: Entries, operand: int) -> int:
        return combine(self.graph, apply_entries(self.graph, weight, part, operand))

    def _made(self, base: int, first: Sequence[int], passed: Sequence[int], made: Sequence[int]) -> Displaced:
        jet = Displaced(base, self._sum(first), self._sum([*passed, *made]))
        if made:
            self.sources.setdefault(base, []).extend(made)
            if wide(self.graph.type(base)):
                self.moving[base] = jet
        return jet

    def move(self, jet: Displaced) -> int | None:
        """The whole change of a value."""
        return self._sum([m for m in (jet.first, jet.rest) if m is not None])

    def total(self, jet: Displaced) -> int:
        """The value at the displaced weights."""
        return combine(self.graph, [n for n in (jet.base, jet.first, jet.rest) if n is not None])

    def _sum(self, parts: Sequence[int]) -> int | None:
        return combine(self.graph, parts) if parts else None

    def coefficient(self, jet: Displaced, order: int) -> int | None:
        """Order 0: at θ; 1: the first-order change; 2: the rest."""
        return (jet.base, jet.first, jet.rest)[order]


def _first(jet: Displaced) -> int | None:
    return jet.first


def _rest(jet: Displaced) -> int | None:
    return jet.rest


def polynomial(activation: Activation) -> bool:
    """Whether the activation is a polynomial, so that its Taylor series ends and needs no small argument."""
    degree = activation.degree()
    whole = degree is not None and degree.denominator == 1 and 0 < degree <= MOST_POWERS
    return whole and activation.smoothness is Smoothness.ANALYTIC and activation.jump() is None


_crossings: Interpretation[Callable[[Any, Displacing, Sequence[Displaced]], Displaced]] = Interpretation("crossings")
"""``rule(operation, algebra, jets)``: an operation with zero derivative, on operands of which some change."""


@_crossings.rule(Largest)
def switched(operation: Largest, algebra: Displacing, jets: Sequence[Displaced]) -> Displaced:
    """Another entry may become the largest."""
    (jet,) = jets
    move = algebra.move(jet)
    assert move is not None
    base = algebra.graph.add(operation, jet.base)
    change = Switched(operation.axis, count=operation.count)
    return algebra.made(base, algebra.graph.add(change, jet.base, move))


@_crossings.rule(Rank)
def reranked(operation: Rank, algebra: Displacing, jets: Sequence[Displaced]) -> Displaced:
    """Entries may pass each other."""
    (jet,) = jets
    move = algebra.move(jet)
    assert move is not None
    base = algebra.graph.add(operation, jet.base)
    return algebra.made(base, algebra.graph.add(Reranked(operation.axis), jet.base, move))


_placed: Interpretation[Callable[[Any, Displacing, Displaced, Displaced], Displaced]] = Interpretation("placed")
"""``rule(operation, algebra, places, value)``: an operation that is linear in a value, at places that may change."""


@_placed.rule(Permuted)
def reordered(operation: Permuted, algebra: Displacing, places: Displaced, value: Displaced) -> Displaced:
    return algebra.permuted(operation, places, value)


@_crossings.rule(Detach, Peak)
def detached(operation: Detach | Peak, algebra: Displacing, jets: Sequence[Displaced]) -> Displaced:
    """Treated as unchanged: softmax does not depend on what it subtracts from its argument."""
    return Displaced(algebra.graph.add(operation, jets[0].base))
