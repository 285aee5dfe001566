"""How far all weights together move a value: no weight alone moves it further (calculus, section 7, movers)."""

from __future__ import annotations

from fractions import Fraction

from tp.activations.facts import facts
from tp.exponent import UNBOUNDED, largest
from tp.graph.operation import Derivative
from tp.interpret.near_zero import near_zero, singular
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus, Derived
from tp.orders.typical.value import Value
from tp.primitives.detach import Detach
from tp.primitives.traits import function_of
from tp.quantities.training import Backprop, Trained


class Together:
    """Bounds of what the updates of one weight move, from the program ``after`` training of all weights."""

    def __init__(self, back: Backprop, after: Trained, calculus: Calculus, values: dict[int, Derived]) -> None:
        self.back = back
        self.after = after
        self.calculus = calculus
        self.values = values
        self._open = self._unbounded()

    def moves(self, node: int) -> Fraction | None:
        """An upper bound of the exponent of the move of ``node`` by any one weight; None: no weight moves it.

        :data:`~tp.exponent.UNBOUNDED`: no bound is known.
        """
        if node in self._open:
            return UNBOUNDED
        return largest(*(v.root_mean_square for v in self._values(self._parts(node))))

    def _unbounded(self) -> set[int]:
        """The nodes of which nothing is said: they are made by a function whose argument moves too far."""
        graph = self.back.graph
        found: set[int] = set()
        for index in graph.needed(list(self.back.image.values())):
            node = graph[index]
            if isinstance(node.operation, Detach):
                continue
            moving = any(self.after.nodes[i].moves for i in node.operands)
            function = function_of(node.operation)
            if not found.isdisjoint(node.operands):
                found.add(index)
            elif function is not None and node.operation.derivative is Derivative.POINTWISE:
                if moving and not self._follows(function.activation, node.operands[0]):
                    found.add(index)
            elif moving and node.operation.derivative in (Derivative.CONSTANT, Derivative.MULTILINEAR):
                found.add(index)
        return found

    def _follows(self, activation: str, argument: int) -> bool:
        """Whether the lemma applies at this function: the change by one weight is dominated by that by all."""
        function = facts(activation)
        place = self.after.nodes[argument].base
        (base,) = self._values([place])
        moves = self._values(self._parts(argument))
        if any(t.tail for v in (base, *moves) for t in v.terms):
            return False
        move = largest(*(v.exponent for v in moves))
        if move is None:
            return True
        if function.degree is None and not function.kinked:
            return move <= 0 and (base.exponent is None or base.exponent <= 0)
        if not function.kinked and not singular(function):
            return True
        if base.exponent is None or move >= base.exponent:
            return False
        if function.kinked:
            return True
        zeros = near_zero(self.calculus, self.after.graph).zeros(place)
        attained = any(t.exponent == base.exponent and not t.bound and not t.share for t in base.terms)
        return attained and zeros.steady and not zeros.degrees

    def _parts(self, node: int) -> list[int]:
        found = self.after.nodes[node]
        return [part for part in (found.first, found.rest) if part is not None]

    def _values(self, nodes: list[int]) -> list[Value]:
        found = interpret(self.after.graph, nodes, self.calculus, self.values)
        return [found[node].value for node in nodes]
