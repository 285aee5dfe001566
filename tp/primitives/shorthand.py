"""Short functions that add common nodes: sums, products, contractions, repetitions."""

from __future__ import annotations

from collections.abc import Sequence

from tp.graph.axes import ONE, Scale, Type, names, without
from tp.graph.builder import GraphBuilder
from tp.primitives.linear import Linear
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.sum_broadcast import Broadcast, Sum


def combine(graph: GraphBuilder, nodes: Sequence[int], scales: Sequence[Scale] | None = None) -> int:
    """Σ scale_i node_i; a single node with scale 1 is returned as it is."""
    scales = scales or [ONE] * len(nodes)
    if len(nodes) == 1 and scales[0] == ONE:
        return nodes[0]
    return graph.add(Linear(tuple(scales)), *nodes)


def scaled(graph: GraphBuilder, node: int, scale: Scale) -> int:
    return combine(graph, [node], [scale])


def multiply(graph: GraphBuilder, left: int, right: int) -> int:
    return graph.add(Product(()), left, right)


def contract(graph: GraphBuilder, left: int, right: int, over: Sequence[str]) -> int:
    """Σ over the named axes of left * right; named axes that only one factor has are summed in that factor first."""
    shared = [a for a in over if a in names(graph.type(left)) and a in names(graph.type(right))]
    left = total(graph, left, [a for a in over if a not in shared and a in names(graph.type(left))])
    right = total(graph, right, [a for a in over if a not in shared and a in names(graph.type(right))])
    return graph.add(Product(tuple(shared)), left, right)


def total(graph: GraphBuilder, node: int, over: Sequence[str]) -> int:
    return graph.add(Sum(tuple(over)), node) if over else node


def spread(graph: GraphBuilder, node: int, axes: Type) -> int:
    """``node`` repeated along those of ``axes`` that it lacks."""
    missing = without(axes, names(graph.type(node)))
    return graph.add(Broadcast(missing), node) if missing else node


def apply_function(graph: GraphBuilder, activation: str, node: int, k: int = 0) -> int:
    return graph.add(Pointwise(activation, k), node)
