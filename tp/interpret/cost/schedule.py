"""The order in which the nodes of a graph are evaluated."""

from __future__ import annotations

from collections.abc import Sequence

from tp.graph.nodes import Nodes
from tp.graph.operation import Operation
from tp.primitives.traits import applied_weight


def schedule(graph: Nodes, roots: Sequence[int]) -> list[list[int]]:
    """Groups of nodes in an order of evaluation. A group is one node, or all applications of a weight on one level.

    The level of a node is the number of applied weights on the longest path to it. Nodes on one level do not depend on
    each other's applications, so one matrix product serves a whole group.
    """
    levels: dict[int, int] = {}
    products: dict[tuple[int, Operation], list[int]] = {}
    others: dict[int, list[int]] = {}
    for index in graph.needed(roots):
        node = graph[index]
        level = max((levels[i] for i in node.operands), default=0)
        if applied_weight(node.operation) is not None:
            level += 1
            products.setdefault((level, node.operation), []).append(index)
        else:
            others.setdefault(level, []).append(index)
        levels[index] = level
    out: list[list[int]] = []
    for level in range(max(levels.values(), default=0) + 1):
        out += [group for (at, _), group in products.items() if at == level]
        out += [[index] for index in others.get(level, ())]
    return out
