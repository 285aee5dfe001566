"""The symbolic interpreter: the typical order of every node, an exponent of n, with its derivation."""

from __future__ import annotations

from collections.abc import Sequence

from tp.graph.nodes import Nodes
from tp.interpret.near_zero import asks, near_zero
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.interpretations import Setting, typical
from tp.primitives.law_facts import widths_of


def interpret(
    graph: Nodes, roots: Sequence[int], calculus: Calculus, known: dict[int, Derived] | None = None
) -> dict[int, Derived]:
    """The derivation of the abstract value of every node that ``roots`` need, by node. Raises NotInterpreted.

    Values in ``known`` are not derived again, and new ones are added to it.
    """
    values: dict[int, Derived] = {} if known is None else known
    missing = _missing(graph, roots, values)
    near = near_zero(calculus, graph) if missing else None
    for index in missing:
        node = graph[index]
        setting = Setting([graph.type(i) for i in node.operands], node.type, graph.parameters)
        if near is not None and asks(node.operation):
            setting = near.setting(index, setting, calculus, values)
        value = typical.of(node.operation)(node.operation, calculus, setting, [values[i] for i in node.operands])
        values[index] = value if near is None else near.followed(index, value, calculus, values)
    return values


def _missing(graph: Nodes, roots: Sequence[int], values: dict[int, Derived]) -> list[int]:
    """The nodes that ``roots`` depend on and that are not known yet, in topological order."""
    seen: set[int] = set()
    stack = [root for root in roots if root not in values]
    while stack:
        index = stack.pop()
        if index not in seen:
            seen.add(index)
            stack.extend(i for i in graph[index].operands if i not in values)
    return sorted(seen)


def calculus_for(graph: Nodes) -> Calculus:
    """A calculus over the widths of ``graph``."""
    return Calculus(widths_of(graph))
