"""D = 2, symbolically: the power iteration of :mod:`tp.quantities.hessian` under the order calculus.

The exponent of |M w| / |w| grows with each step towards that of the norm. Two starts are used: the gradient at
an input, and a direction with independent entries in every factor. The result is a lower bound of the
norm. For generic programs the iterate finds the leading directions, and the result is the order of the norm.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.parameter import Law, Parameter
from tp.graph.slot import Role, Slot
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus
from tp.primitives.detach import Detach
from tp.primitives.read import Read
from tp.quantities.programs import gradient_at, gradient_of, jet_output, metric
from tp.transform.algebra import Taylor
from tp.transform.direction import Direction, Factor, squared_norm

STEPS = 2


class Spectral(NamedTuple):
    """An exponent, None for a tensor that vanishes identically.

    ``exact`` is False where the iteration met values that are bounded only: then their quotients say nothing.
    """

    exponent: Fraction | None
    exact: bool


def spectral_exponent(program: Graph, contracted: int, calculus: Calculus) -> Spectral:
    """The typical exponent of the subordinate norm of ∇^{2+d}F · g_1..g_d, weighted by Λ^{1/2} on both free slots."""
    graph = GraphBuilder(program.widths, {**program.parameters, **_probes(program)}, program.learning_rate)
    along = gradient_at(program, graph)
    found: list[Fraction] = []
    exact = True
    for start in (along, _random(program, graph)):
        ratios, sharp = _iterate(program, graph, along, start, contracted, calculus)
        found += ratios
        exact = exact and sharp
    return Spectral(max(found, default=None), exact)


def _iterate(
    program: Graph, graph: GraphBuilder, along: Direction, start: Direction, contracted: int, calculus: Calculus
) -> tuple[list[Fraction], bool]:
    """Exponents of |M w| / |w| over the steps, and whether both are attained; empty when M w vanishes identically."""
    ratios: list[Fraction] = []
    exact = True
    before: Fraction | None = None
    moved = start
    for _ in range(STEPS + 1):
        algebra = Taylor(graph, [(along, contracted), (moved, 1)])
        node = algebra.coefficient(jet_output(program, algebra), contracted + 1)
        if node is None:
            break
        image = gradient_of(program, graph, node)
        squared = squared_norm(graph, image, metric(program), exact=False)
        value = None if squared is None else interpret(graph, [squared], calculus)[squared].value
        exponent = None if value is None else value.exponent
        if value is None or exponent is None:
            break
        exact = exact and value.exact
        if before is not None:
            ratios.append((exponent - before) / 2)
        before = exponent
        moved = image.rescaled(graph, metric(program)).mapped(lambda i: graph.add(Detach(), i))
    return ratios, exact


def _probes(program: Graph) -> dict[str, Parameter]:
    """Weights that stand for the independent entries of a random direction."""
    probes: dict[str, Parameter] = {}
    for name, p in program.parameters.items():
        if p.is_operator:
            probes[Slot(Role.LEFT, name)] = Parameter(Slot(Role.LEFT, name), p.outs, (), Law("normal"))
            probes[Slot(Role.RIGHT, name)] = Parameter(Slot(Role.RIGHT, name), p.ins, (), Law("normal"))
        else:
            probes[Slot(Role.FREE, name)] = Parameter(Slot(Role.FREE, name), p.outs, p.ins, Law("normal"))
    return probes


def _random(program: Graph, graph: GraphBuilder) -> Direction:
    def read(name: str) -> int:
        return graph.add(Read(name))

    leaves = {name: read(Slot(Role.FREE, name)) for name, p in program.parameters.items() if not p.is_operator}
    factors = {
        name: (Factor(read(Slot(Role.LEFT, name)), read(Slot(Role.RIGHT, name)), ()),)
        for name, p in program.parameters.items()
        if p.is_operator
    }
    return Direction(leaves, factors)
