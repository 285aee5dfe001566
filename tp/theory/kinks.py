"""Whether kinks may cancel: two of one value in a sum, or a kink where another factor of the same value vanishes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from tp.activations.facts import facts
from tp.graph.axes import wide
from tp.graph.mapping import MapOperation
from tp.graph.nodes import Nodes
from tp.graph.operation import Derivative
from tp.primitives.product import Product
from tp.primitives.traits import function_of, weight_of

_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Made:
    """How a node is made, entry by entry: ``of`` these values, with kinks at ``bent`` ones."""

    of: frozenset[int] = _NONE
    bent: frozenset[int] = _NONE


def kinks_meet(graph: Nodes, root: int) -> bool:
    """Whether below ``root`` a kink in a value of an entry may be undone by another function of the same entry.

    As in relu(h) tanh(h), whose slope does not jump, in elu(h) = relu(h) + exp(-relu(-h)) - 1, or in cos(relu(h)).
    """
    made: dict[int, _Made] = {}
    for index in graph.needed([root]):
        node = graph[index]
        operands = [made[i] for i in node.operands]
        of = _NONE.union(*(m.of for m in operands))
        bent = _NONE.union(*(m.bent for m in operands))
        operation = node.operation
        function = function_of(operation)
        fresh = weight_of(operation) is not None or (isinstance(operation, Product) and bool(operation.over))
        if function is not None:
            known = facts(function.activation)
            if bent and known.degree is None and not known.slopes[1].at_zero:
                return True
            bent = of if known.jump in (0, 1) else bent
        elif isinstance(operation, MapOperation) and bent:
            return True
        elif operation.derivative is Derivative.BILINEAR:
            left, right = operands
            if left.bent & right.of or right.bent & left.of:
                return True
        elif operation.derivative is Derivative.LINEAR and any(a & b for a, b in _pairs(operands)):
            return True
        if fresh or _contracted(graph, index):
            of, bent = frozenset((index,)), _NONE
        made[index] = _Made(of, bent)
    return False


def _pairs(operands: Iterable[_Made]) -> Iterable[tuple[frozenset[int], frozenset[int]]]:
    return combinations((m.bent for m in operands), 2)


def _contracted(graph: Nodes, index: int) -> bool:
    """Whether a wide axis of an operand is summed over."""
    left = {axis.name for axis in wide(graph[index].type)}
    return any(not {axis.name for axis in wide(graph[i].type)} <= left for i in graph[index].operands)
