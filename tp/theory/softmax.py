"""Softmax in a graph of primitives, recognised by its nodes."""

from __future__ import annotations

from tp.graph.graph import Graph
from tp.primitives.detach import Detach
from tp.primitives.linear import Linear
from tp.primitives.peak import Peak
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.sum_broadcast import Sum


def exponentials(program: Graph) -> set[int]:
    """The exponentials of arguments from which a maximum is subtracted as a constant; only softmax does that."""
    found: set[int] = set()
    for index in program:
        node = program[index]
        if node.operation != Pointwise("exp"):
            continue
        argument = program[node.operands[0]]
        detached = any(isinstance(program[i].operation, Detach | Peak) for i in argument.operands)
        if detached and isinstance(argument.operation, Linear):
            found.add(index)
    return found


def is_denominator(program: Graph, index: int, found: set[int]) -> bool:
    """Whether a node is the inverse of a sum of softmax's exponentials, masked or not."""
    (below,) = program[index].operands
    inner = program[below]
    summed = isinstance(inner.operation, Sum) or (isinstance(inner.operation, Product) and inner.operation.over)
    if not summed:
        return False
    masked = [program[i] for i in inner.operands]
    around = [*inner.operands, *(i for m in masked if isinstance(m.operation, Product) for i in m.operands)]
    return any(i in found for i in around)
