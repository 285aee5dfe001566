"""The scalar programs of C^{D,d} with D <= 1, and the derivations of their orders."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tp.exponent import UNBOUNDED
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus, Derived
from tp.orders.typical.value import Value
from tp.quantities.definitions import Quantity
from tp.quantities.gradient_jets import GradientJets
from tp.quantities.programs import datum, gradient_at, jet_output, metric
from tp.theory.thin import thinned
from tp.transform.algebra import Coefficients, Taylor
from tp.transform.direction import squared_norm
from tp.transform.jet import jets

USUAL = 5
"""The least d up to which programs are built again when a larger one than ``depth`` is asked for."""
USUAL_FREE = 3
"""The same with a free slot, as far as the program without one goes."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The derivation of a quantity: its exponent is ``factor`` times that of the derivation.

    ``factor`` is 1/2 where the derivation is about a squared norm.
    """

    derivation: Derived
    factor: Fraction = Fraction(1)

    @property
    def exponent(self) -> Fraction | None:
        found = self.derivation.value.exponent
        if found is None or found > UNBOUNDED / 2:
            return None if found is None else UNBOUNDED
        return found * self.factor

    @property
    def exact(self) -> bool:
        """False where some rule gave an upper bound only."""
        return self.derivation.value.exact


class Scalars:
    """The scalar programs of all C^{D,d} with D <= 1 in one graph, from jets along one direction.

    They are built up to d = ``depth`` at first, and again up to a larger d when that is asked for.
    """

    def __init__(self, program: Graph, depth: int, calculus: Calculus) -> None:
        self.program = program
        self.graph = GraphBuilder.like(program)
        self.calculus = calculus
        self.zero = calculus.zero
        self.values: dict[int, Derived] = {}
        along = gradient_at(program, self.graph)
        self.along = thinned(self.graph, along, calculus, self.values)
        self._squares: dict[int, int | None] = {}
        self._gradient: GradientJets | None = None
        self._deepen(depth)

    def _deepen(self, depth: int) -> None:
        self.algebra = Taylor(self.graph, [(self.along, depth)])
        self.output = jet_output(self.program, self.algebra)
        self._moving: dict[int, Coefficients] | None = None

    def derivative(self, node: int, order: int) -> Value | None:
        """The derivative of that order of a ``node`` of the program along g; None: its graph was not built so far."""
        if order > self.algebra.depth:
            return None
        if self._moving is None:
            outputs = list(self.program.outputs.values())
            self._moving = jets(self.program, outputs, self.algebra, datum(self.graph))
        found = self.algebra.coefficient(self._moving[node], order)
        return self.zero.value if found is None else self._derived(found).value

    def ground(self, quantity: Quantity) -> Ground:
        """The derivation of ``quantity``, which has at most one free slot."""
        node = self.node(quantity)[1]
        return Ground(self.zero if node is None else self._derived(node), Fraction(1, 1 + quantity.free))

    def node(self, quantity: Quantity) -> tuple[str, int | None]:
        """The node of ``quantity`` (with a free slot: of its square) and its name; None: vanishes identically."""
        if quantity.contracted > self.algebra.depth:
            self._deepen(max(quantity.contracted, USUAL))
        if quantity.free == 0:
            return quantity.name, self.algebra.coefficient(self.output, quantity.contracted)
        return f"{quantity.name}^2", self._square(quantity.contracted)

    def _square(self, order: int) -> int | None:
        """The node of the squared norm of C^{1,order}; None: vanishes identically."""
        if order not in self._squares:
            if self._gradient is None or order > self._gradient.depth:
                depth = max(order, min(USUAL_FREE, self.algebra.depth))
                self._gradient = GradientJets(self.program, self.graph, self.along, depth)
            gradient = self._gradient.derivative(order)
            self._squares[order] = squared_norm(self.graph, gradient, metric(self.program), exact=False)
        return self._squares[order]

    def _derived(self, node: int) -> Derived:
        return interpret(self.graph, [node], self.calculus, self.values)[node]
