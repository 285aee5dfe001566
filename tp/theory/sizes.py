"""Typical sizes for the norm calculus: cancellations in computed values, none over free slots."""

from __future__ import annotations

from fractions import Fraction

from tp.exponent import UNBOUNDED
from tp.graph.builder import GraphBuilder
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Derived
from tp.orders.typical.value import Value
from tp.quantities.programs import datum
from tp.theory.all_orders import displaced
from tp.theory.scalars import Scalars
from tp.transform.displacement import Displaced
from tp.transform.instantiate import instantiate

FAR = Fraction(-1000)
"""Along n^FAR g and less the first derivative that does not vanish decides."""


class TypicalSizes:
    """Typical exponents of values and of their moves along g, as :class:`tp.interpret.bounds.Sizes`."""

    def __init__(self, scalars: Scalars, graph: GraphBuilder, *, bounded: bool = False) -> None:
        """``graph`` holds the program and its gradient, as :func:`tp.theory.bounds.adjoint` makes them.

        ``bounded``: along some power of n times g the moves of all nodes are bounded (calculus, theorem 4).
        """
        self.scalars = scalars
        self.graph = graph
        self.bounded = bounded
        self._values: dict[int, Derived] = {}
        self._originals: dict[int, int] | None = None
        self._moves: dict[Fraction, dict[int, Displaced]] = {}

    def size(self, node: int) -> Fraction | None:
        """The exponent of the largest entry of ``node``."""
        return self._value(node).extreme

    def even(self, node: int) -> bool:
        """Whether typical entries of ``node`` are of a known order, and as large as the largest."""
        found = self._value(node)
        known = found.exponent is not None and found.exponent < UNBOUNDED / 2 and found.exact
        return known and found.exponent == found.extreme

    def reaches(self, node: int, exponent: Fraction) -> bool:
        """Whether typical entries of ``node`` are known to be of the order n^``exponent`` or larger."""
        found = self._value(node)
        return found.exact and found.exponent is not None and found.exponent >= exponent

    def _value(self, node: int) -> Value:
        return interpret(self.graph, [node], self.scalars.calculus, self._values)[node].value

    def moved(self, node: int, order: int, along: Fraction) -> Fraction | None:
        """The exponent of the first move of ``node`` along n^along g, or of all others together (order 2)."""
        if self._originals is None:
            program = self.scalars.program
            image = instantiate(program, list(program.outputs.values()), self.graph, datum(self.graph))
            self._originals = {copy: original for original, copy in image.items()}
        original = self._originals.get(node)
        if original is None:
            return None
        if along <= FAR and (order == 1 or self.bounded):
            # All later derivatives are smaller by powers of n^along.
            value = self.scalars.derivative(original, order)
            if value is not None and value.extreme is not None:
                return value.extreme + order * along
        if along not in self._moves:
            self._moves[along] = displaced(self.scalars, along)
        jet = self._moves[along][original]
        move = jet.first if order == 1 else jet.rest
        if move is None:
            return None
        return interpret(self.scalars.graph, [move], self.scalars.calculus, self.scalars.values)[move].value.extreme
