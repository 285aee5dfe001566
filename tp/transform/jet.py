"""Mixed derivatives along given directions, as a program transformation over an algebra of jets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from tp.graph.nodes import Nodes
from tp.graph.operation import Derivative
from tp.primitives.input import Input
from tp.primitives.mapped import Mapped
from tp.primitives.traits import datum_of, function_of, weight_of
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

    Nodes with a jet in ``known`` are not visited again.
    """
    target = algebra.graph
    out: dict[int, J] = dict(known or {})
    for index in program.needed(roots, out):
        node = program[index]
        operation = node.operation
        operands = [out[i] for i in node.operands]
        with target.at(node.span):
            if (given := datum_of(operation)) is not None:
                out[index] = algebra.flat(datum(given))
            elif (weight := weight_of(operation)) is not None:
                if weight.applied:
                    out[index] = algebra.apply(operation, weight, operands[0])
                else:
                    out[index] = algebra.leaf(target.add(operation), weight.name)
            elif (function := function_of(operation)) is not None and operation.derivative is Derivative.POINTWISE:
                out[index] = algebra.pointwise(operation, function, operands[0])
            elif operation.derivative is Derivative.BILINEAR:
                out[index] = algebra.bilinear(operation, *operands)
            elif isinstance(operation, Mapped):
                out[index] = algebra.mapped(operation, operands)
            elif operation.derivative is Derivative.PLACED:
                out[index] = algebra.placed(operation, *operands)
            elif operation.derivative is Derivative.LINEAR:
                out[index] = algebra.linear(operation, operands)
            else:
                out[index] = algebra.constant(operation, operands)
    return out
