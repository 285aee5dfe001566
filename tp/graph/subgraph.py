"""Parts of a graph in an order that depends on these parts alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes


def subgraph(nodes: Nodes, outputs: Mapping[str, int], also: Iterable[int] = ()) -> tuple[Graph, dict[int, int]]:
    """The computation of ``outputs`` and of the nodes ``also``, and the new numbers of its nodes by their old ones.

    Places in the source, labels and names are left out. Nodes are numbered in the order in which a depth-first walk
    from the outputs, in their order, leaves them. So the result does not depend on what else ``nodes`` holds.
    """
    bare = GraphBuilder(
        nodes.widths, {name: replace(p, span=None) for name, p in nodes.parameters.items()}, nodes.learning_rate
    )
    number: dict[int, int] = {}
    for root in (*outputs.values(), *also):
        for index in _leaving(nodes, root, number):
            node = nodes[index]
            number[index] = bare.add(node.operation, *(number[i] for i in node.operands))
    bare.outputs.update((name, number[i]) for name, i in outputs.items())
    return bare.build(), number


def _leaving(nodes: Nodes, root: int, done: Mapping[int, int]) -> Iterable[int]:
    """The nodes that ``root`` needs and that are not ``done`` yet, operands first."""
    stack = [(root, False)]
    seen: set[int] = set()
    while stack:
        index, entered = stack.pop()
        if entered:
            yield index
        elif index not in done and index not in seen:
            seen.add(index)
            stack.append((index, True))
            stack.extend((i, False) for i in reversed(nodes[index].operands))
