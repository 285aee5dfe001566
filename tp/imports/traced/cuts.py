"""Where slices cut wide axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tp.imports.traced.edges import Edge, ends, merged, size
from tp.imports.traced.equation import Equation, Traced, Value

Cuts = Mapping[tuple[Value, int], Sequence[Edge]]
"""The edges of parts, by a weight and its axis."""


def cuts_of(traced: Traced) -> Cuts:
    """Where weights are cut: by the weight and its axis, the edges of its parts."""
    weights = {weight.value for weight in traced.weights}
    found: dict[tuple[Value, int], list[Edge]] = {}
    for equation in traced.equations:
        first = equation.operands[0] if equation.operands else None
        if equation.primitive == "slice" and isinstance(first, Value) and first in weights:
            for axis in cut_axes(equation):
                edges = [equation.params[key][axis] for key in ("start_indices", "limit_indices")]
                whole = [0, ends(first.shape)[axis]]
                if first.shape[axis].wide:
                    found[first, axis] = merged([found.get((first, axis), whole), edges])
    return found


def one_wide_axis(equation: Equation) -> int | None:
    """The axis of a slice, if it is wide, the only one that is cut, and cut without strides into wide parts."""
    if equation.primitive != "slice":
        return None
    (operand,), strides, cut = equation.operands, equation.params["strides"], cut_axes(equation)
    single = len(cut) == 1 and operand.shape[cut[0]].wide and equation.results[0].shape[cut[0]].wide
    return cut[0] if single and all(stride == 1 for stride in strides or ()) else None


def cut_axes(equation: Equation) -> list[int]:
    """The axes of which a slice does not take all."""
    (operand,), params = equation.operands, equation.params
    starts, limits = params["start_indices"], params["limit_indices"]
    return [
        axis
        for axis, (start, limit, whole) in enumerate(zip(starts, limits, operand.shape, strict=True))
        if start != 0 or size(limit) != whole
    ]
