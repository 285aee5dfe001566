"""Which axis of the operands an axis of a result is: where a part of a result is a function of parts of operands."""

from __future__ import annotations

from fractions import Fraction

from tp.imports.traced.equation import Equation, Operand
from tp.imports.traced.folding import ELEMENTWISE
from tp.imports.traced.sizes import Size

_ELEMENTWISE = frozenset({*ELEMENTWISE, "logistic", "erf", "erfc", "erf_inv", "expm1", "log1p", "exp2", "cbrt", "tan"})
_REDUCTIONS = frozenset({"reduce_sum", "reduce_max", "reduce_min", "reduce_prod"})


def axes_of(maker: Equation, axis: int) -> list[int | None] | None:
    """The axis of each operand that ``axis`` of the result is; None for operands that do not have it.

    The whole is None where a part of the result is no function of such parts of the operands.
    """
    result, operands = maker.results[0], maker.operands
    if maker.primitive in _ELEMENTWISE:
        return [axis if x.shape and x.shape[axis] == result.shape[axis] else None for x in operands]
    if maker.primitive == "concatenate":
        return [axis for _ in operands]
    if maker.primitive == "dot_general":
        return _factors(maker, axis)
    if maker.primitive == "conv_general_dilated":
        return _channels(maker, axis)
    at = _source(maker, operands[0], axis) if len(operands) == 1 else None
    return None if at is None else [at if at >= 0 else None]


def contracted(equation: Equation) -> list[list[int]]:
    """The axes that are summed over, as axes of each operand; none where nothing is summed, or not plainly."""
    if equation.primitive == "dot_general":
        return [list(pair) for pair in zip(*equation.params["dimension_numbers"][0], strict=True)]
    if equation.primitive == "reduce_sum":
        return [[axis] for axis in equation.params["axes"]]
    if equation.primitive == "conv_general_dilated" and _ungrouped(equation):
        numbers = equation.params["dimension_numbers"]
        return [[numbers.lhs_spec[1], numbers.rhs_spec[1]]]
    return []


def _factors(maker: Equation, axis: int) -> list[int | None]:
    summed, batched = maker.params["dimension_numbers"]
    count = len(batched[0])
    if axis < count:
        return [batched[0][axis], batched[1][axis]]
    free = [
        [i for i in range(len(x.shape)) if i not in summed[side] and i not in batched[side]]
        for side, x in enumerate(maker.operands)
    ]
    at = axis - count
    return [free[0][at], None] if at < len(free[0]) else [None, free[1][at - len(free[0])]]


def _channels(maker: Equation, axis: int) -> list[int | None] | None:
    numbers = maker.params["dimension_numbers"]
    if not _ungrouped(maker) or axis not in numbers.out_spec[:2]:
        return None
    return [None, numbers.rhs_spec[0]] if axis == numbers.out_spec[1] else [numbers.lhs_spec[0], None]


def _ungrouped(equation: Equation) -> bool:
    return equation.params["feature_group_count"] == 1 and equation.params["batch_group_count"] == 1


def _source(maker: Equation, operand: Operand, axis: int) -> int | None:
    """The axis of the only operand; -1 if it does not have it, None if parts of the result are none of the operand."""
    params, shape = maker.params, maker.results[0].shape
    if maker.primitive == "transpose":
        return params["permutation"][axis]
    if maker.primitive == "broadcast_in_dim":
        if axis not in params["broadcast_dimensions"]:
            return -1
        at = params["broadcast_dimensions"].index(axis)
        return at if operand.shape[at] == shape[axis] else -1
    if maker.primitive in _REDUCTIONS:
        return [i for i in range(len(operand.shape)) if i not in params["axes"]][axis]
    if maker.primitive in ("squeeze", "expand_dims") or (
        maker.primitive == "reshape" and params.get("dimensions") is None
    ):
        before, after = ([i for i, size in enumerate(each) if size != _ONE] for each in (operand.shape, shape))
        if [operand.shape[i] for i in before] == [shape[i] for i in after] and axis in after:
            return before[after.index(axis)]
    return None


_ONE = Size(Fraction(1))
