"""Where samples of a batch are in the operands of an equation, from where they are in its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tp.imports.traced.axes_of import axes_of
from tp.imports.traced.edges import size
from tp.imports.traced.equation import Equation, Operand, Shape
from tp.imports.traced.sizes import ONE, Size

_ENTRYWISE = frozenset(
    {"sinh", "cosh", "asin", "acos", "atan", "asinh", "acosh", "atanh", "atan2", "round", "lgamma", "digamma", "copy"}
)
_CUMULATIVE = frozenset({"cumsum", "cumprod", "cummax", "cummin", "cumlogsumexp"})
_WINDOWS = frozenset({"reduce_window_sum", "reduce_window_max", "reduce_window_min"})
_REDUCTIONS = frozenset({"argmax", "argmin", "reduce_and", "reduce_or"})


@dataclass(frozen=True, slots=True)
class Samples:
    """Where ``count`` samples are in an array: along ``axis``, divided into [``outer``, samples, ``inner``]."""

    count: int
    axis: int
    outer: Size = ONE
    inner: Size = ONE

    @property
    def size(self) -> Size:
        """The size of the axis."""
        return self.outer * Size(Fraction(self.count)) * self.inner

    def at(self, axis: int | None) -> Samples | None:
        """The same along another axis; None for none."""
        return None if axis is None else Samples(self.count, axis, self.outer, self.inner)

    def one(self, shape: Shape) -> Shape:
        """``shape`` for one sample."""
        return (*shape[: self.axis], self.outer * self.inner, *shape[self.axis + 1 :])


def sources(equation: Equation, samples: Samples, widths: Sequence[int]) -> list[Samples | None] | None:
    """Where samples are in each operand if they are at ``samples`` in the results; None for operands without them.

    The whole is None where a sample of a result is no function of the same sample of the operands.
    """
    found = _sources(equation, samples, widths)
    if found is None or any(
        place is not None and operand.shape[place.axis] != place.size
        for operand, place in zip(equation.operands, found, strict=True)
    ):
        return None
    return found


def _sources(equation: Equation, samples: Samples, widths: Sequence[int]) -> list[Samples | None] | None:
    axis, (first, *_) = samples.axis, equation.operands
    if equation.primitive == "reshape":
        moved = relocated(samples, equation.results[0].shape, first.shape, widths)
        return None if moved is None or equation.params.get("dimensions") is not None else [moved]
    if equation.primitive in _ENTRYWISE:
        rank = len(equation.results[0].shape)
        return [samples if len(x.shape) == rank and x.shape[axis] == samples.size else None for x in equation.operands]
    if equation.primitive == "gather":
        return _gathered(equation, samples)
    if equation.primitive in _REDUCTIONS:
        return [samples.at([i for i in range(len(first.shape)) if i not in equation.params["axes"]][axis])]
    if _stays(equation, axis):
        return [samples if x.shape else None for x in equation.operands]
    if equation.primitive == "concatenate":
        return None
    found = axes_of(equation, axis)
    return None if found is None else [samples.at(each) for each in found]


def relocated(samples: Samples, before: Shape, after: Shape, widths: Sequence[int]) -> Samples | None:
    """Where samples are once an array of shape ``before`` has the shape ``after``; None where that divides them."""
    step = samples.inner * _product(before[samples.axis + 1 :])
    for axis, whole in enumerate(after):
        inner = step / _product(after[axis + 1 :])
        outer = whole / (inner * Size(Fraction(samples.count)))
        if _whole(inner, widths) and _whole(outer, widths):
            return Samples(samples.count, axis, outer, inner)
    return None


def _stays(equation: Equation, axis: int) -> bool:
    """Whether an operation on other axes leaves ``axis`` where it is."""
    params: Any = equation.params
    rank = len(equation.results[0].shape)
    match equation.primitive:
        case "concatenate":
            return params["dimension"] != axis
        case "sort":
            return params["dimension"] % rank != axis
        case "rev":
            return axis not in params["dimensions"]
        case "split":
            return params["axis"] != axis
        case "top_k":
            return params.get("axis", rank - 1) % rank != axis
        case "pad":
            return all(each == 0 for each in params["padding_config"][axis])
        case "slice":
            return _is_whole(equation.operands[0], params["start_indices"], params["limit_indices"], axis)
        case name if name in _CUMULATIVE:
            return params["axis"] != axis
        case name if name in _WINDOWS:
            sizes = (params[key][axis] for key in ("window_dimensions", "window_strides", "base_dilation"))
            return all(each == 1 for each in (*sizes, params["window_dilation"][axis])) and not any(
                params["padding"][axis]
            )
        case _:
            return False


def _is_whole(operand: Operand, starts: Sequence[Any], limits: Sequence[Any], axis: int) -> bool:
    """Whether a slice takes all entries along an axis: as many as there are, so that its stride is 1."""
    return size(starts[axis]).factor == 0 and size(limits[axis]) == operand.shape[axis]


def _gathered(equation: Equation, samples: Samples) -> list[Samples | None] | None:
    numbers, (operand, indices) = equation.params["dimension_numbers"], equation.operands
    if numbers.operand_batching_dims:
        return None
    offsets = list(numbers.offset_dims)
    if samples.axis not in offsets:
        rest = [axis for axis in range(len(equation.results[0].shape)) if axis not in offsets]
        return [None, samples.at(rest.index(samples.axis))] if len(rest) == len(indices.shape) - 1 else None
    kept = [axis for axis in range(len(operand.shape)) if axis not in numbers.collapsed_slice_dims]
    source = kept[offsets.index(samples.axis)]
    full = size(equation.params["slice_sizes"][source]) == operand.shape[source]
    return [samples.at(source), None] if full and source not in numbers.start_index_map else None


def _product(sizes: Sequence[Size]) -> Size:
    found = ONE
    for each in sizes:
        found = found * each
    return found


def _whole(number: Size, widths: Sequence[int]) -> bool:
    """Whether ``number`` is whole at every width, and not 0."""
    values = [float(number.factor) * float(n) ** float(number.exponent) for n in widths]
    return all(value > 0.5 and abs(value - round(value)) < 1e-9 * value for value in values)
