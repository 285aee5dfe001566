"""The degree of a program as a polynomial in its weights: derivatives of higher order vanish identically."""

from __future__ import annotations

from collections.abc import Sequence

from tp.activations.facts import facts
from tp.graph.mapping import MapOperation
from tp.graph.nodes import Nodes
from tp.graph.operation import Derivative
from tp.primitives.traits import Function, function_of, weight_of


def degrees(graph: Nodes, trained: set[str]) -> dict[int, int | None]:
    """The degree of every node in the weights ``trained``, by node; None where the node is not a polynomial in them.

    Piecewise-linear functions count as linear, since their derivatives hold almost everywhere only.
    """
    found: dict[int, int | None] = {}
    for index in graph:
        node = graph[index]
        operation = node.operation
        below = [found[i] for i in node.operands]
        weight = weight_of(operation)
        moves = weight is not None and weight.name in trained
        if not below:
            found[index] = int(moves)
        elif operation.derivative is Derivative.CONSTANT:
            found[index] = 0
        elif operation.derivative is Derivative.POINTWISE:
            found[index] = _composed(function_of(operation), below[0])
        elif isinstance(operation, MapOperation):
            found[index] = _of_map(operation, below)
        elif operation.derivative in (Derivative.BILINEAR, Derivative.PLACED):
            found[index] = None if None in below else sum(d for d in below if d is not None)
        else:
            highest = None if None in below else max((d for d in below if d is not None), default=0)
            found[index] = None if highest is None else highest + moves
    return found


def _of_map(operation: MapOperation, below: Sequence[int | None]) -> int | None:
    """The degree of a derivative of a map, for operands of these degrees."""
    x, *slots = below
    known = [d for d in slots if d is not None]
    left = len(operation.norms) - operation.slots
    if len(known) < len(slots) or x is None or (x and not operation.ends):
        return None
    return sum(known) + (max(left, 0) * x if x else 0)


def _composed(function: Function | None, degree: int | None) -> int | None:
    if degree == 0:
        return 0
    if function is None:
        return None
    last = next((k for k, s in enumerate(facts(function.activation).slopes[function.k :]) if s.vanishes), None)
    if last is None:
        return None
    return 0 if last <= 1 else None if degree is None else (last - 1) * degree
