"""The programs of C^{D,d} with D <= 1 at distinct inputs x_0, ..., x_d: one scalar each, for evaluation with arrays."""

from __future__ import annotations

from collections.abc import Sequence

from tp.graph.axes import SAMPLES, Axis, Scale
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.slot import DIRECTIONS, POINT
from tp.primitives.gather_scatter import Gather
from tp.primitives.shorthand import scaled
from tp.quantities.definitions import Quantity
from tp.quantities.programs import gradient_at, gradient_of, jet_output, metric
from tp.transform.algebra import Subsets
from tp.transform.direction import squared_norm


class DistinctScalars:
    """One graph with a scalar node for each quantity with D <= 1, at distinct inputs x_0..x_d.

    Quantities with D = 1 have jets of their own, no deeper than they need, because adjoints of deep jets would be most
    of the work. The gradients at x_1..x_d are shared.
    """

    def __init__(self, program: Graph, quantities: Sequence[Quantity]) -> None:
        self.program = program
        self.graph = GraphBuilder.like(program)
        self.depth = max((q.contracted for q in quantities), default=0)
        self._along = gradient_at(program, self.graph, self._samples, DIRECTIONS)
        self._jets: dict[int, tuple[Subsets, int]] = {}
        deepest = {free: max((q.contracted for q in quantities if q.free == free), default=0) for free in (0, 1)}
        self.nodes: dict[str, int | None] = {q.name: self._scalar(q, deepest[q.free]) for q in quantities}
        """Signed C^{0,d}, and squared norms of C^{1,d}; None where a quantity vanishes identically."""

    @property
    def _samples(self) -> Axis:
        return Axis(SAMPLES, max(self.depth, 1))

    def _jet(self, depth: int) -> tuple[Subsets, int]:
        """The algebra with the directions of x_1..x_depth, and the output as a jet in it."""
        if depth not in self._jets:
            algebra = Subsets(self.graph, [(self._along.mapped(lambda node: self._first(node, depth)), depth)])
            self._jets[depth] = algebra, jet_output(self.program, algebra, POINT)
        return self._jets[depth]

    def _first(self, node: int, depth: int) -> int:
        """The samples x_1..x_depth of a node that has all of them."""
        if depth in (0, self._samples.size):
            return node
        return self.graph.add(Gather(self._samples, (Axis(SAMPLES, depth),), tuple(range(depth))), node)

    def _scalar(self, quantity: Quantity, depth: int) -> int | None:
        algebra, output = self._jet(depth)
        node = algebra.coefficient(output, quantity.contracted)
        if node is None:
            return None
        if quantity.free == 0:
            return scaled(self.graph, node, Scale(quantity.coefficient))
        squared = squared_norm(self.graph, gradient_of(self.program, self.graph, node), metric(self.program))
        return None if squared is None else scaled(self.graph, squared, Scale(quantity.coefficient**2))
