"""How values depend on one weight."""

from __future__ import annotations

from tp.graph.nodes import Nodes
from tp.graph.operation import Derivative
from tp.primitives.detach import Detach
from tp.primitives.traits import weight_of


def homogeneous(graph: Nodes, root: int, weight: str) -> int | None:
    """The degree in which node ``root`` is homogeneous as a polynomial in ``weight``, at every n; None if in none."""
    found: dict[int, int | None] = {}
    for index in graph.needed([root]):
        node = graph[index]
        used = weight_of(node.operation)
        own = int(used is not None and used.name == weight)
        below = [found[i] for i in node.operands]
        kind = node.operation.derivative
        if not below or all(d == 0 for d in below):
            found[index] = own
        elif None in below:
            found[index] = None
        elif kind is Derivative.LINEAR or isinstance(node.operation, Detach):
            found[index] = below[0] + own if len(set(below)) == 1 and below[0] is not None else None
        elif kind is Derivative.BILINEAR:
            found[index] = sum(d for d in below if d is not None)
        else:
            found[index] = None
    return found[root]
