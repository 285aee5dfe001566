"""A program whose weights have moved away from their initial values by sums of outer products.

W x becomes W x + Σ_r c_r a_r (b_r · x), with the rows a, b and the coefficients c as inputs; the weight itself stays
what it was, so it may be one that is known by its products only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tp.graph.axes import Axis
from tp.graph.graph import Graph
from tp.graph.operation import Operation
from tp.primitives.apply import Apply
from tp.primitives.input import Input
from tp.primitives.rename import Rename
from tp.primitives.shorthand import combine, contract, multiply
from tp.transform.direction import Factor, apply_direction
from tp.transform.instantiate import instantiate

RANK = "@rank"


def left_of(weight: str) -> str:
    """The input with the rows a, axes (rank, outs)."""
    return f"@left {weight}"


def right_of(weight: str) -> str:
    """The input with the rows b, axes (rank, ins)."""
    return f"@right {weight}"


def coefficients_of(weight: str) -> str:
    """The input with the coefficients, axes (rank)."""
    return f"@coefficients {weight}"


def moved(
    program: Graph,
    roots: Sequence[int],
    target: Graph,
    datum: Callable[[Input], int],
    samples: Axis,
    rank: Mapping[str, int],
    apart: bool = False,
) -> dict[int, int]:
    """Adds what ``roots`` need to ``target``, at several ``samples``, with moves of ``rank[weight]`` outer products.

    The map from nodes of ``program`` to nodes of ``target``. Weights that are read are the same for all samples;
    with ``apart`` each sample has a copy, and so a gradient of its own.
    """

    def beside(operation: Operation, operands: Sequence[int], copy: int) -> int:
        if not isinstance(operation, Apply) or not rank.get(operation.parameter):
            return copy
        return combine(target, [copy, _move(target, operation, operands[0], rank)])

    return instantiate(program, roots, target, datum, samples if apart else None, beside)


def _move(target: Graph, operation: Apply, operand: int, rank: Mapping[str, int]) -> int:
    """Σ_r c_r a_r (b_r · x), or with a and b exchanged for the transposed weight."""
    weight = target.parameters[operation.parameter]
    axis = Axis(RANK, rank[operation.parameter])
    left = target.add(Input(left_of(weight.name), (axis, *weight.outs)))
    right = target.add(Input(right_of(weight.name), (axis, *weight.ins)))
    vector, coefficient, shared = apply_direction(target, operation, Factor(left, right, (RANK,)), operand)
    weights = target.add(Input(coefficients_of(weight.name), (axis,)))
    if shared != (RANK,):
        weights = target.add(Rename(RANK, shared[0]), weights)
    return contract(target, vector, multiply(target, coefficient, weights), shared)
