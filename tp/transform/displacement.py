"""A program at displaced weights, split into its value at θ, its first-order change, and all the rest.

With weights θ + first + rest every node h becomes (h(θ), ∇h·first, h(θ + first + rest) - h(θ) - ∇h·first), three
nodes of
primitives. One step of training is such a displacement; so is a step of size ε n^λ with a formal ε, whose
orders are those of all derivatives at once (docs/calculus.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tp.activations import Smoothness, find
from tp.graph.axes import wide
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Operation
from tp.primitives.apply import Apply
from tp.primitives.constant import Constant
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.pointwise import Pointwise
from tp.primitives.remainder import Remainder
from tp.primitives.shorthand import apply_function, combine, contract, multiply, spread
from tp.primitives.switched import Switched
from tp.transform.algebra import Algebra
from tp.transform.direction import Direction, Factor, apply_direction


@dataclass(frozen=True, slots=True)
class Displaced:
    """Nodes of one value: at θ, its first-order change, and what is left; None for what vanishes identically."""

    base: int
    first: int | None = None
    rest: int | None = None

    @property
    def moves(self) -> bool:
        return self.first is not None or self.rest is not None


@dataclass(frozen=True, slots=True)
class Displacement:
    """How far the weights are moved: directions that count as first order, and others that do not.

    With ``radial`` there is a move along the weights themselves, too, which is of first order.
    """

    first: tuple[Direction, ...] = ()
    rest: tuple[Direction, ...] = ()
    radial: bool = False


class Displacing(Algebra[Displaced]):
    """Carries (base, first, rest) through a program.

    With ``formal`` the move is that of a power series: no kink of a piecewise-linear function is crossed.
    """

    def __init__(self, graph: GraphBuilder, displacement: Displacement, *, formal: bool = False) -> None:
        self.graph = graph
        self.depth = 1
        self.displacement = displacement
        self.formal = formal
        self.arguments: dict[int, Displaced] = {}
        """The moving arguments of pointwise functions that are not linear, by base node."""
        self.moving: dict[int, Displaced] = {}
        """Wide values that do not move linearly, by base node."""
        self.sources: dict[int, list[int]] = {}
        """For every base node, the parts of its rest that arise there and are not passed on by a linear map."""

    def flat(self, node: int) -> Displaced:
        return Displaced(node)

    def constant(self, operation: Operation, jets: Sequence[Displaced]) -> Displaced:
        # Softmax detaches what it subtracts; moving that along would change nothing.
        if self.formal or not isinstance(operation, Largest) or (move := self.move(jets[0])) is None:
            return super().constant(operation, jets)
        base = self.graph.add(operation, jets[0].base)
        return self._made(base, [], [], [self.graph.add(Switched(operation.axis), jets[0].base, move)])

    def leaf(self, node: int, weight: str) -> Displaced:
        moves = [
            self._sum([found for d in directions if (found := d.leaves.get(weight)) is not None])
            for directions in (self.displacement.first, self.displacement.rest)
        ]
        if self.displacement.radial:
            moves[0] = self._sum([m for m in (node, moves[0]) if m is not None])
        return Displaced(node, *moves)

    def linear(self, operation: Operation, jets: Sequence[Displaced]) -> Displaced:
        base = self.graph.add(operation, *(j.base for j in jets))
        return Displaced(
            base,
            self._linear(operation, jets, [j.first for j in jets]),
            self._linear(operation, jets, [j.rest for j in jets]),
        )

    def _linear(self, operation: Operation, jets: Sequence[Displaced], moves: Sequence[int | None]) -> int | None:
        if all(m is None for m in moves):
            return None
        if isinstance(operation, Linear):
            present = [(s, m) for s, m in zip(operation.scales, moves, strict=True) if m is not None]
            part = combine(self.graph, [m for _, m in present], [s for s, _ in present])
            return spread(self.graph, part, operation.infer([self.graph.type(j.base) for j in jets], {}))
        zero = self.graph.add(Constant((0.0,)))
        filled = [multiply(self.graph, j.base, zero) if m is None else m for m, j in zip(moves, jets, strict=True)]
        return self.graph.add(operation, *filled)

    def bilinear(self, operation: Operation, left: Displaced, right: Displaced) -> Displaced:
        def times(a: int | None, b: int | None) -> list[int]:
            return [] if a is None or b is None else [self.graph.add(operation, a, b)]

        base = self.graph.add(operation, left.base, right.base)
        first = [*times(left.first, right.base), *times(left.base, right.first)]
        both = times(self.move(left), self.move(right))
        return self._made(base, first, [*times(left.rest, right.base), *times(left.base, right.rest)], both)

    def pointwise(self, operation: Pointwise, jet: Displaced) -> Displaced:
        base = self.graph.add(operation, jet.base)
        move = self.move(jet)
        if move is None:
            return Displaced(base)
        function, k = find(operation.activation), operation.k
        first, passed, made = [], [], []
        if not function.vanishes(k + 1):
            slope = apply_function(self.graph, operation.activation, jet.base, k + 1)
            first = [] if jet.first is None else [multiply(self.graph, slope, jet.first)]
            passed = [] if jet.rest is None else [multiply(self.graph, slope, jet.rest)]
        kinked = function.smoothness is Smoothness.PIECEWISE_LINEAR
        if (k < 2 and not self.formal) if kinked else not function.constant(k + 1):
            made = [self.graph.add(Remainder(operation.activation, k, 2), jet.base, move)]
            self.arguments[jet.base] = jet
        return self._made(base, first, passed, made)

    def apply(self, operation: Apply, jet: Displaced) -> Displaced:
        base = self.graph.add(operation, jet.base)
        first = [] if jet.first is None else [self.graph.add(operation, jet.first)]
        passed = [] if jet.rest is None else [self.graph.add(operation, jet.rest)]
        made: list[int] = []
        if self.displacement.radial:
            first.append(base)
            if (move := self.move(jet)) is not None:
                made.append(self.graph.add(operation, move))
        for direction in self.displacement.first:
            for factor in direction.factors.get(operation.parameter, ()):
                first.append(self._moved(operation, factor, jet.base))
                if (move := self.move(jet)) is not None:
                    made.append(self._moved(operation, factor, move))
        for direction in self.displacement.rest:
            for factor in direction.factors.get(operation.parameter, ()):
                made.append(self._moved(operation, factor, self.total(jet)))
        return self._made(base, first, passed, made)

    def _moved(self, operation: Apply, factor: Factor, operand: int) -> int:
        vector, coefficient, shared = apply_direction(self.graph, operation, factor, operand)
        return contract(self.graph, vector, coefficient, shared)

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
