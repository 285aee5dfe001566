"""Typical orders of the correlations, from the program alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from tp.correlations.assumptions import assumptions
from tp.correlations.programs import gradient_at, gradient_of, jet_output, metric
from tp.correlations.spectral_order import spectral_exponent
from tp.diagnostics.span import Span
from tp.graph.graph import Graph
from tp.interpret.orders import calculus_for, interpret
from tp.orders.calculus import Calculus, Derived
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
class Ground:
    """Why a quantity has its exponent: a derivation whose exponent, times ``factor``, it is.

    ``factor`` is 1/2 where the derivation is about a squared norm.
    """

    derivation: Derived
    factor: Fraction = Fraction(1)

    @property
    def exponent(self) -> Fraction | None:
        found = self.derivation.value.exponent
        return None if found is None else found * self.factor

    @property
    def exact(self) -> bool:
        """False where some rule gave an upper bound only."""
        return self.derivation.value.exact


@dataclass(frozen=True, slots=True)
class Prediction:
    """Exponents of n by quantity (None: vanishes identically), with what they rest on.

    ``exact[name]`` is False where the exponent is an upper bound only; ``grounds`` has a derivation of each exponent that
    is not None without one.
    """

    exponents: dict[str, Fraction | None]
    nodes: tuple[NodeOrder, ...]
    assumptions: tuple[str, ...]
    exact: dict[str, bool]
    grounds: dict[str, Ground] = field(default_factory=dict)


def predict(program: Graph, quantities: Sequence[str], nodes: bool = False) -> Prediction:
    """Typical exponents of ``quantities`` and, on request, of every named node.

    Raises ValueError for an unknown quantity.
    """
    wanted = [parse(name) for name in quantities]
    calculus = calculus_for(program)
    exponents: dict[str, Fraction | None] = {}
    grounds: dict[str, Ground] = {}
    notes: dict[str, None] = {}
    orders = tuple(_node_orders(program, calculus)) if nodes else ()
    scalars = Scalars(program, max((q.contracted for q in wanted if q.free < 2), default=0), calculus)
    for quantity in sorted(wanted, key=lambda q: (q.free, q.contracted)):
        if quantity.free == 2:
            exponents[quantity.name] = spectral_exponent(program, quantity.contracted, calculus)
            continue
        ground = grounds[quantity.name] = scalars.ground(quantity)
        exponents[quantity.name] = ground.exponent
        notes.update(dict.fromkeys(sorted(ground.derivation.notes)))
    ordered = {q.name: exponents[q.name] for q in wanted}
    exact = {q.name: q.name not in grounds or grounds[q.name].exact for q in wanted}
    return Prediction(ordered, orders, assumptions(program, notes), exact, grounds)


def _node_orders(program: Graph, calculus: Calculus) -> Iterable[NodeOrder]:
    named = {**program.names, **program.outputs}
    values = interpret(program, list(named.values()), calculus)
    for name, node in named.items():
        yield NodeOrder(name, program[node].span, values[node].value.exponent)


class Scalars:
    """The scalar programs of all C^{D,d} with D <= 1 in one graph, over the algebra with one direction."""

    def __init__(self, program: Graph, depth: int, calculus: Calculus) -> None:
        self.program = program
        self.graph = program.empty_like()
        self.calculus = calculus
        self.zero = calculus.zero
        self.along = gradient_at(program, self.graph, None, "")
        self.algebra = Taylor(self.graph, [(self.along, depth)])
        self.output = jet_output(program, self.algebra, "")
        self.values: dict[int, Derived] = {}

    def ground(self, quantity: Quantity) -> Ground:
        """Why ``quantity`` has its exponent."""
        node = self.algebra.coefficient(self.output, quantity.contracted)
        if node is None:
            return Ground(self.zero)
        if quantity.free == 0:
            return Ground(self._derived(node))
        gradient = gradient_of(self.program, self.graph, node)
        squared = squared_norm(self.graph, gradient, metric(self.program), exact=False)
        return Ground(self.zero if squared is None else self._derived(squared), Fraction(1, 2))

    def _derived(self, node: int) -> Derived:
        return interpret(self.graph, [node], self.calculus, self.values)[node]
