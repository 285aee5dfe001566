"""The symbolic interpreter: a typical order for every node."""

from __future__ import annotations

from collections.abc import Sequence

from tp.graph.graph import Graph
from tp.graph.operation import OrderSetting
from tp.orders.calculus import Calculus
from tp.orders.value import Value


def interpret(graph: Graph, roots: Sequence[int], calculus: Calculus) -> dict[int, Value]:
    """The abstract value of every node that ``roots`` need."""
    values: dict[int, Value] = {}
    for index in graph.needed(roots):
        node = graph[index]
        setting = OrderSetting([graph.type(i) for i in node.operands], node.type, graph.parameters)
        values[index] = node.operation.order(calculus, setting, [values[i] for i in node.operands])
    return values


def calculus_for(graph: Graph) -> Calculus:
    """A calculus over the widths of ``graph``."""
    return Calculus({w.exponent for w in graph.widths.values()})
