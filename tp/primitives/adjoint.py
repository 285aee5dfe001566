"""The adjoint of broadcasting, which every broadcasting primitive needs."""

from __future__ import annotations

from tp.graph.axes import Type, names, without
from tp.graph.graph import Graph


def fitted(graph: Graph, cotangent: int, axes: Type) -> int:
    """``cotangent`` summed over the axes that ``axes`` lacks and repeated along those that it lacks itself."""
    from tp.primitives.broadcast import Broadcast
    from tp.primitives.sum import Sum

    extra = [a for a in names(graph.type(cotangent)) if a not in names(axes)]
    if extra:
        cotangent = graph.add(Sum(tuple(extra)), cotangent)
    missing = without(axes, names(graph.type(cotangent)))
    return graph.add(Broadcast(missing), cotangent) if missing else cotangent
