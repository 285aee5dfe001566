"""The symbolic interpreter: a typical order for every node, with its derivation."""

from __future__ import annotations

from collections.abc import Sequence

from tp.graph.graph import Graph
from tp.graph.operation import OrderSetting
from tp.orders.calculus import Calculus, Derived


def interpret(
    graph: Graph, roots: Sequence[int], calculus: Calculus, known: dict[int, Derived] | None = None
) -> dict[int, Derived]:
    """The derivation of the abstract value of every node that ``roots`` need; ``known`` ones are kept and added to."""
    values: dict[int, Derived] = {} if known is None else known
    for index in graph.needed(roots):
        if index in values:
            continue
        node = graph[index]
        setting = OrderSetting([graph.type(i) for i in node.operands], node.type, graph.parameters)
        values[index] = node.operation.order(calculus, setting, [values[i] for i in node.operands])
    return values


def calculus_for(graph: Graph) -> Calculus:
    """A calculus over the widths of ``graph``."""
    return Calculus({w.exponent for w in graph.widths.values()})
