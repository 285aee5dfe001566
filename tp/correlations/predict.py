"""Typical orders of the correlations, from the program alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tp.correlations.assumptions import assumptions
from tp.correlations.programs import gradient_at, gradient_of, jet_output, metric
from tp.correlations.spectral_order import spectral_exponent
from tp.diagnostics.span import Span
from tp.graph.graph import Graph
from tp.interpret.orders import calculus_for, interpret
from tp.orders.calculus import Calculus
from tp.orders.value import Value
from tp.syntax.quantities import Quantity, parse
from tp.transform.algebra import Taylor
from tp.transform.direction import squared_norm


@dataclass(frozen=True, slots=True)
class NodeOrder:
    """The typical exponent of the entries of a named node; None when it vanishes identically."""

    name: str
    span: Span | None
    exponent: Fraction | None

    @property
    def line(self) -> int | None:
        return self.span.line if self.span else None


@dataclass(frozen=True, slots=True)
class Prediction:
    """Exponents of n by quantity (None: vanishes identically), with what they rest on.

    ``exact[name]`` is False where the exponent is an upper bound only.
    """

    exponents: dict[str, Fraction | None]
    nodes: tuple[NodeOrder, ...]
    assumptions: tuple[str, ...]
    exact: dict[str, bool]


def predict(program: Graph, quantities: Sequence[str], nodes: bool = False) -> Prediction:
    """Typical exponents of ``quantities`` and, on request, of every named node.

    Raises ValueError for an unknown quantity.
    """
    wanted = [parse(name) for name in quantities]
    calculus = calculus_for(program)
    exponents: dict[str, Fraction | None] = {}
    exact: dict[str, bool] = {}
    orders: tuple[NodeOrder, ...] = ()
    if nodes:
        orders = tuple(_node_orders(program, calculus))
    scalars = _Scalars(program, [q for q in wanted if q.free < 2])
    for quantity in sorted(wanted, key=lambda q: (q.free, q.contracted)):
        if quantity.free == 2:
            exponents[quantity.name] = spectral_exponent(program, quantity.contracted, calculus)
        else:
            exponents[quantity.name] = scalars.exponent(quantity, calculus)
        exact[quantity.name] = not calculus.reasons
    ordered = {q.name: exponents[q.name] for q in wanted}
    return Prediction(ordered, orders, assumptions(program, calculus), exact)


def _node_orders(program: Graph, calculus: Calculus) -> Iterable[NodeOrder]:
    named = {**program.names, **program.outputs}
    values = interpret(program, list(named.values()), calculus)
    for name, node in named.items():
        yield NodeOrder(name, program[node].span, values[node].exponent)


class _Scalars:
    """The scalar programs of all quantities in one graph, over the algebra with one direction."""

    def __init__(self, program: Graph, wanted: Sequence[Quantity]) -> None:
        self.program = program
        self.graph = program.empty_like()
        self.depth = max((q.contracted for q in wanted), default=0)
        along = gradient_at(program, self.graph, None, "")
        self.algebra = Taylor(self.graph, [(along, self.depth)])
        self.output = jet_output(program, self.algebra, "")
        self.values: dict[int, Value] = {}

    def exponent(self, quantity: Quantity, calculus: Calculus) -> Fraction | None:
        node = self.algebra.coefficient(self.output, quantity.contracted)
        if node is None:
            return None
        if quantity.free == 0:
            return interpret(self.graph, [node], calculus, self.values)[node].exponent
        squared = self._squared_gradient(node)
        if squared is None:
            return None
        found = interpret(self.graph, [squared], calculus, self.values)[squared].exponent
        return None if found is None else found / 2

    def _squared_gradient(self, node: int) -> int | None:
        gradient = gradient_of(self.program, self.graph, node)
        return squared_norm(self.graph, gradient, metric(self.program), exact=False)
