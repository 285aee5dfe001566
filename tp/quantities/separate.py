"""The programs of C^{D,d} at inputs x_0, ..., x_d with a node for each derivative: for limits at infinite width.

A derivative may be of smaller order than the value beside it. With both in one array, as :mod:`tp.quantities.distinct`
has them for numbers, the smaller one would be lost in the limit.
"""

from __future__ import annotations

from tp.graph.axes import SAMPLES, Axis, Scale
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.slot import DIRECTIONS, POINT
from tp.primitives.gather_scatter import Gather
from tp.primitives.shorthand import scaled
from tp.quantities.definitions import Quantity
from tp.quantities.programs import gradient_at, gradient_of, jet_output, metric
from tp.transform.algebra import Taylor
from tp.transform.direction import Direction, squared_norm


def separate_program(program: Graph, quantity: Quantity) -> Graph | None:
    """A graph whose output is ``quantity``, with D <= 1, or the square of its norm for D = 1; None: it vanishes.

    Its inputs are those of :func:`tp.quantities.slots.arrange` for d = max(1, ``quantity.contracted``).
    """
    graph = GraphBuilder.like(program)
    samples = Axis(SAMPLES, max(quantity.contracted, 1))
    along = gradient_at(program, graph, samples, DIRECTIONS)

    def one(k: int) -> Direction:
        return along.mapped(lambda node: graph.add(Gather(samples, (), (k,)), node))

    algebra = Taylor(graph, [(one(k), 1) for k in range(quantity.contracted)])
    node = jet_output(program, algebra, POINT)[-1]
    if node is None:
        return None
    if quantity.free == 0:
        root = scaled(graph, node, Scale(quantity.coefficient))
    else:
        squared = squared_norm(graph, gradient_of(program, graph, node), metric(program))
        if squared is None:
            return None
        root = scaled(graph, squared, Scale(quantity.coefficient**2))
    graph.outputs = {quantity.name: root}
    return graph.build().pruned()
