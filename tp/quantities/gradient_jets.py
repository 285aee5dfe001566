"""Derivatives of the gradient along a direction: C^{1,d} for all d at once.

The gradient of the d-th derivative of F along a fixed direction is the d-th derivative of the gradient. So every
derivative of a cotangent is built once, and serves all d.
"""

from __future__ import annotations

from math import comb

from tp.graph.axes import Scale
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.primitives.constant import Constant
from tp.primitives.shorthand import scaled
from tp.quantities.programs import datum, reads_in, scalar_output
from tp.transform.algebra import Coefficients, Taylor
from tp.transform.direction import Direction, Factor
from tp.transform.gradient import direction, pullback
from tp.transform.instantiate import instantiate
from tp.transform.jet import jets


class GradientJets:
    """The derivatives of order up to ``depth`` of the gradient of F, without Λ, in ``graph``; ``along`` is fixed."""

    def __init__(self, program: Graph, graph: GraphBuilder, along: Direction, depth: int) -> None:
        self.graph = graph
        self.depth = depth
        roots = list(program.outputs.values())
        back = GraphBuilder.like(program)
        output = scalar_output(program, back, instantiate(program, roots, back, datum(back)))
        reads = reads_in(program, back, roots)
        pulled = pullback(back, output, back.add(Constant((1.0,))), reads.values())
        self.gradient = direction(pulled, reads)
        parts = [f for factors in self.gradient.factors.values() for f in factors]
        nodes = [*self.gradient.leaves.values(), *(node for f in parts for node in (f.left, f.right))]
        self.algebra = Taylor(graph, [(along, depth)])
        self.jets: dict[int, Coefficients] = jets(back, nodes, self.algebra, datum(graph))

    def derivative(self, order: int) -> Direction:
        """The derivative of that order; (left ⊗ right)^(d) is the sum of binomial(d, i) left^(i) ⊗ right^(d-i)."""
        leaves = {name: node for name, i in self.gradient.leaves.items() if (node := self._at(i, order)) is not None}
        factors: dict[str, tuple[Factor, ...]] = {}
        for name, parts in self.gradient.factors.items():
            found: list[Factor] = []
            for f in parts:
                for i in range(order + 1):
                    left, right = self._at(f.left, i), self._at(f.right, order - i)
                    if left is not None and right is not None:
                        left = scaled(self.graph, left, Scale(float(comb(order, i))))
                        found.append(Factor(left, right, f.shared))
            if found:
                factors[name] = tuple(found)
        return Direction(leaves, factors)

    def _at(self, node: int, order: int) -> int | None:
        return self.algebra.coefficient(self.jets[node], order)
