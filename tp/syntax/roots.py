"""Roots, logarithms and quotients of values of either sign: warnings, since the root of a negative number is NaN."""

from __future__ import annotations

from collections.abc import Iterator

from tp.activations import find
from tp.activations.log import Log
from tp.activations.power import Power
from tp.diagnostics.diagnostic import Diagnostic, Severity
from tp.graph.nodes import Nodes
from tp.interpret.ranges import intervals
from tp.primitives.pointwise import Pointwise


def signs(graph: Nodes) -> Iterator[Diagnostic]:
    """A warning for each power or logarithm in ``graph`` whose argument may be negative, and must not be."""
    places = [index for index in graph if _function(graph, index) is not None]
    if not places:
        return
    found = intervals(graph)
    for index in places:
        (operand,) = graph[index].operands
        function = _function(graph, index)
        if function is None or found[operand].low >= 0:
            continue
        span = graph[index].span
        if isinstance(function, Log):
            yield Diagnostic(
                "TP802",
                "this is the logarithm of a value that may be negative",
                span,
                "take that of a positive value, such as log(x^2 + 1e-5), or a softmax; softplus(x) is log(1 + exp(x))",
                severity=Severity.WARNING,
            )
        elif function.power.denominator > 1:
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


def _function(graph: Nodes, index: int) -> Power | Log | None:
    """The power or logarithm that node ``index`` takes, where it needs a positive argument."""
    operation = graph[index].operation
    if not isinstance(operation, Pointwise) or operation.k:
        return None
    phi = find(operation.activation)
    if isinstance(phi, Log):
        return phi
    needs = isinstance(phi, Power) and (phi.power.denominator > 1 or phi.power < 0)
    return phi if needs and isinstance(phi, Power) else None
