"""Orders after a given number of training steps, with the changes of all steps kept."""

from __future__ import annotations

from fractions import Fraction

from tp.graph.graph import Graph
from tp.interpret.orders import calculus_for, interpret
from tp.quantities.training import backprop, trained


def orders_after(graph: Graph, steps: int) -> dict[str, Fraction | None]:
    back = backprop(graph)
    after = trained(back, steps)
    calculus = calculus_for(graph)
    assert back.kernel is not None
    output, kernel = after.nodes[back.output], after.nodes[back.kernel]
    nodes = {
        "F": output.base,
        "first": output.first,
        "deviation": output.rest,
        "kernel": kernel.base,
        "drift": kernel.first,
        "second drift": kernel.rest,
    }
    found = interpret(after.graph, [n for n in nodes.values() if n is not None], calculus)
    return {name: None if n is None else found[n].value.exponent for name, n in nodes.items()}
