"""Mixed derivatives along given directions, as a program transformation over a nilpotent algebra."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from tp.graph.nodes import Nodes
from tp.graph.operation import Derivative
from tp.primitives.apply import Apply
from tp.primitives.input import Input
from tp.primitives.pointwise import Pointwise
from tp.primitives.read import Read
from tp.transform.algebra import Algebra

J = TypeVar("J")


def jets(
    program: Nodes,
    roots: Sequence[int],
    algebra: Algebra[J],
    datum: Callable[[Input], int],
    known: Mapping[int, J] | None = None,
) -> dict[int, J]:
    """The jet of every node that ``roots`` need, built in the algebra's graph at the inputs ``datum``.

    ``known`` jets are taken as they are.
    """
    target = algebra.graph
    out: dict[int, J] = dict(known or {})
    for index in program.needed(roots):
        if index in out:
            continue
        node = program[index]
        operation = node.operation
        operands = [out[i] for i in node.operands]
        with target.at(node.span):
            if isinstance(operation, Input):
                out[index] = algebra.flat(datum(operation))
            elif isinstance(operation, Read):
                out[index] = algebra.leaf(target.add(operation), operation.parameter)
            elif isinstance(operation, Apply):
                out[index] = algebra.apply(operation, operands[0])
            elif isinstance(operation, Pointwise):
                out[index] = algebra.pointwise(operation, operands[0])
            elif operation.derivative is Derivative.BILINEAR:
                out[index] = algebra.bilinear(operation, *operands)
            elif operation.derivative is Derivative.LINEAR:
                out[index] = algebra.linear(operation, operands)
            else:
                out[index] = algebra.constant(operation, operands)
    return out
