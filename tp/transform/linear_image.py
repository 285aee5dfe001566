"""A linear operation on operands of which some vanish identically."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tp.graph.builder import GraphBuilder
from tp.graph.interpretation import Interpretation
from tp.graph.operation import Operation
from tp.primitives.constant import Constant
from tp.primitives.linear import Linear
from tp.primitives.shorthand import combine, multiply, spread


def linear_image(
    graph: GraphBuilder, operation: Operation, bases: Sequence[int], operands: Sequence[int | None]
) -> int | None:
    """The node of ``operation``, which is linear, on ``operands``; None stands for zero, as an operand and a result.

    Each operand has the axes of the node at its place in ``bases``.
    """
    if all(o is None for o in operands):
        return None
    return _images.of(operation)(operation, graph, bases, operands)


def _filled(operation: Operation, graph: GraphBuilder, bases: Sequence[int], operands: Sequence[int | None]) -> int:
    zero = graph.add(Constant((0.0,)))
    filled = [multiply(graph, base, zero) if o is None else o for o, base in zip(operands, bases, strict=True)]
    return graph.add(operation, *filled)


_images: Interpretation[Callable[[Any, GraphBuilder, Sequence[int], Sequence[int | None]], int]] = Interpretation(
    "linear image", default=_filled
)
"""The default writes zeros for what vanishes, which is right for every linear operation."""


@_images.rule(Linear)
def combination(operation: Linear, graph: GraphBuilder, bases: Sequence[int], operands: Sequence[int | None]) -> int:
    """Leaves out the terms that vanish."""
    present = [(s, o) for s, o in zip(operation.scales, operands, strict=True) if o is not None]
    part = combine(graph, [o for _, o in present], [s for s, _ in present])
    return spread(graph, part, operation.infer([graph.type(base) for base in bases], {}))
