"""Which side of a weight an axis is on: a vector that is only read off with is a row, all other vectors are columns.

In dot(v, h) the axis of v is its input, in g * h it is its output. Optimisers that take weights for matrices see the
difference in the shape of a weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tp.graph.axes import names, wide
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.graph.parameter import Parameter
from tp.primitives.detach import Detach
from tp.primitives.linear import Linear
from tp.primitives.product import Product
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum
from tp.primitives.traits import read_weight


def two_sided(graph: Graph) -> dict[str, Parameter]:
    """The parameters of ``graph``, where vectors that its outputs only read off with have their axes as input.

    So have vectors that they do not use.
    """
    used = graph.needed(list(graph.outputs.values()))
    users: dict[int, list[int]] = {}
    for index in used:
        for operand in dict.fromkeys(graph[index].operands):
            users.setdefault(operand, []).append(index)
    columns = {
        name
        for index in used
        if (name := read_weight(graph[index].operation)) is not None
        and not _read_off(graph, users, index, names(wide(graph.type(index))))
    }
    return {name: _turned(p) if _row(p, columns) else p for name, p in graph.parameters.items()}


def _row(parameter: Parameter, columns: set[str]) -> bool:
    return not parameter.ins and bool(wide(parameter.outs)) and parameter.name not in columns


def _turned(parameter: Parameter) -> Parameter:
    return replace(parameter, outs=(), ins=parameter.outs)


def _read_off(graph: Nodes, users: Mapping[int, list[int]], index: int, axes: tuple[str, ...]) -> bool:
    """Whether all of ``axes`` of the node ``index`` are summed over wherever it is used, in products at the latest."""
    return bool(axes) and bool(users.get(index)) and all(_summed(graph, users, u, axes) for u in users[index])


def _summed(graph: Nodes, users: Mapping[int, list[int]], user: int, axes: tuple[str, ...]) -> bool:
    operation = graph[user].operation
    if isinstance(operation, Product | Sum):
        left = tuple(a for a in axes if a not in operation.over)
        return not left or (isinstance(operation, Product) and _sums(graph, users, user, left))
    if isinstance(operation, Rename):
        axes = tuple(operation.new if a == operation.old else a for a in axes)
    same = isinstance(operation, Detach | Broadcast | Rename)
    same = same or (isinstance(operation, Linear) and len(graph[user].operands) == 1)
    return same and _read_off(graph, users, user, axes)


def _sums(graph: Nodes, users: Mapping[int, list[int]], index: int, axes: tuple[str, ...]) -> bool:
    """Whether nothing is made of the node ``index`` but sums over ``axes``."""
    operations = [graph[u].operation for u in users.get(index, [])]
    return bool(operations) and all(isinstance(o, Sum) and set(axes) <= set(o.over) for o in operations)
