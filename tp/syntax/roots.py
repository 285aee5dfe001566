"""Roots and quotients of values of either sign: warnings, since a root of a negative number is no number."""

from __future__ import annotations

from collections.abc import Iterator

from tp.activations import find
from tp.activations.power import Power
from tp.diagnostics.diagnostic import Diagnostic, Severity
from tp.graph.nodes import Nodes
from tp.interpret.ranges import intervals
from tp.primitives.pointwise import Pointwise


def signs(graph: Nodes) -> Iterator[Diagnostic]:
    """A warning for each power in ``graph`` that needs a positive argument, where that may be negative."""
    places = [index for index in graph if _power(graph, index) is not None]
    if not places:
        return
    found = intervals(graph)
    for index in places:
        (operand,) = graph[index].operands
        power = _power(graph, index)
        if power is None or found[operand].low >= 0:
            continue
        span = graph[index].span
        if power.power.denominator > 1:
            yield Diagnostic(
                "TP802",
                "this is the root of a value that may be negative",
                span,
                "take the root of a square plus a number, such as sqrt(x^2 + 1e-5), or a norm; abs(x) has no sign",
                severity=Severity.WARNING,
            )
        else:
            yield Diagnostic(
                "TP803",
                "this divides by a value of either sign, which comes near zero",
                span,
                "its inverse has no mean; divide by a norm, or by a positive value such as sqrt(x^2 + 1)",
                severity=Severity.WARNING,
            )


def _power(graph: Nodes, index: int) -> Power | None:
    """The power that node ``index`` takes, where it needs a positive argument."""
    operation = graph[index].operation
    if not isinstance(operation, Pointwise) or operation.k:
        return None
    phi = find(operation.activation)
    needs = isinstance(phi, Power) and (phi.power.denominator > 1 or phi.power < 0)
    return phi if needs and isinstance(phi, Power) else None
