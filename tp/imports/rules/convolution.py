"""Convolutions: with the language's own where it has them, else as products with windows of the value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from tp.imports.axes.labels import Label
from tp.imports.axes.wide import Factor
from tp.imports.refusal import Untranslatable
from tp.imports.rules.contraction import contract
from tp.imports.rules.elementwise import linear, whole
from tp.imports.rules.reading import Reading
from tp.imports.rules.registry import reads, writes
from tp.imports.rules.slices import padded, part
from tp.imports.rules.writing import Writing, as_value
from tp.imports.rules.written import UNIT, Dim, Written, labels_of
from tp.imports.text.expression import Call, Index, Renamed
from tp.imports.traced.equation import Equation, Known
from tp.imports.traced.sizes import ONE, Size

FAR_BELOW = -1e9
"""What is added to entries beyond a border, so that they are never the largest."""


class Layout:
    """Which array axes of a convolution are what, with its numbers for each spatial axis."""

    def __init__(self, equation: Equation) -> None:
        params: Any = equation.params
        numbers = params["dimension_numbers"]
        self.batch, self.channel, *self.pixels = numbers.lhs_spec
        self.out, self.into, *self.windows = numbers.rhs_spec
        self.batch_out, self.channel_out, *self.pixels_out = numbers.out_spec
        self.strides = [int(each) for each in params["window_strides"]]
        self.padding = [(int(low), int(high)) for low, high in params["padding"]]
        self.spread = [int(each) for each in params["rhs_dilation"]]
        self.groups = Size.of(params["feature_group_count"])
        if any(int(each) != 1 for each in params["lhs_dilation"]):
            raise Untranslatable("it is a convolution along a wide axis", "convolve along finite axes")
        if Size.of(params["batch_group_count"]) != ONE:
            raise Untranslatable("it is a convolution with groups of samples (batch_group_count)")
        kernel = equation.operands[1].shape
        self.sizes = [kernel[axis].finite for axis in self.windows]


@reads("conv_general_dilated")
def read_convolution(equation: Equation, reading: Reading) -> None:
    layout = Layout(equation)
    x, kernel = (reading.axes(operand) for operand in equation.operands)
    out = reading.axes(equation.results[0])
    reading.equal(x[layout.batch], out[layout.batch_out])
    if layout.groups == ONE:
        reading.equal(x[layout.channel], kernel[layout.into])
        reading.equal(out[layout.channel_out], kernel[layout.out])
        return
    mine, made, own = (
        _divided(reading, axis, layout.groups)
        for axis in (x[layout.channel], out[layout.channel_out], kernel[layout.out])
    )
    reading.equal(mine[0], made[0])
    reading.equal(made[0], own[0])
    reading.equal(made[1], own[1])
    reading.equal(mine[1], kernel[layout.into])


def _divided(reading: Reading, axis: Factor | None, groups: Size) -> tuple[Factor | None, Factor | None]:
    """Channels as groups, and channels of a group."""
    if axis is None:
        return None, None
    if axis.size == groups:
        return axis, None
    slow, fast = reading.divide(axis, [groups, axis.size / groups])
    return slow, fast


@writes("conv_general_dilated")
def write_convolution(equation: Equation, writing: Writing) -> Written:
    layout = Layout(equation)
    x, kernel = (writing.value(operand) for operand in equation.operands)
    own = kernel.weight is not None and layout.groups == ONE and all(spread == 1 for spread in layout.spread)
    if own and any(size > 1 for size in layout.sizes):
        found = _own(writing, layout, x, kernel, equation)
    else:
        found = _by_windows(writing, layout, x, kernel, equation)
    dims: list[Dim] = [()] * len(equation.results[0].shape)
    for place, dim in zip((layout.batch_out, layout.channel_out, *layout.pixels_out), found.dims, strict=True):
        dims[place] = dim
    return replace(found, dims=tuple(dims))


def _pixels(writing: Writing, x: Written, axis: int) -> Written:
    """``x`` with one label along a spatial axis, also where it has one entry or is repeated."""
    if not x.dims[axis]:
        one = Label(ONE)
        x = replace(x, number=UNIT, node=Call("concat", (whole(x),), (one,)))
        return writing.with_dim(x, axis, (one,))
    return writing.filled(writing.single(x, axis), axis)


def _own(writing: Writing, layout: Layout, x: Written, kernel: Written, equation: Equation) -> Written:
    """``conv(K, x, i=ki, j=kj)``: axes of the samples, the channels and the pixels."""
    declared = kernel.weight
    assert declared is not None
    pixels = equation.operands[0].shape
    same = True
    for axis, (low, high), size, stride in zip(
        layout.pixels, layout.padding, layout.sizes, layout.strides, strict=True
    ):
        count = pixels[axis].finite
        total = max((-(-count // stride) - 1) * stride + size - count, 0)
        same = same and (low, high) == (total // 2, total - total // 2)
    stride = layout.strides[0] if len(set(layout.strides)) == 1 else 1
    for axis, (low, high) in zip(layout.pixels, layout.padding, strict=True):
        if not same and (low, high) != (0, 0):
            x = padded(writing, x, axis, low, high)
        x = _pixels(writing, x, axis)
    kernel, x = writing.meet(kernel, x, layout.into, layout.channel)
    ins = tuple(labels_of(kernel.dims[layout.into]))
    windows = [next(iter(labels_of(kernel.dims[axis])), None) for axis in layout.windows]
    outs = tuple(labels_of(kernel.dims[layout.out]))
    declared.settle(outs, (*ins, *(each for each in windows if each is not None)))
    if {id(each) for each in declared.outs or ()} != {id(each) for each in outs}:
        raise Untranslatable("its kernel is also used with other axes as its outputs", "use one weight for each way")
    free = [label for axis in (layout.batch, *layout.pixels) for label in labels_of(x.dims[axis])]
    x = writing.apart(x, [*outs, *ins], free)
    labels = [next(labels_of(x.dims[axis])) for axis in layout.pixels]
    pairs: list[tuple[Label, Label | int]] = [(a, b) for a, b in zip(labels, windows, strict=True) if b is not None]
    settings: list[tuple[str, str | Label]] = [("padding", "same" if same else "valid")]
    if stride != 1:
        settings.append(("stride", str(stride)))
    node: Any = Call(
        "conv", (kernel.node, whole(replace(x, number=UNIT))), pairs=tuple(pairs), settings=tuple(settings)
    )
    made: list[Dim] = []
    for label, window, place, axis in zip(labels, windows, range(len(labels)), layout.pixels, strict=True):
        before = label.root().size.finite
        if window is None:
            made.append((label,))
            continue
        count = -(-pixels[axis].finite // stride) if same else (before - layout.sizes[place]) // stride + 1
        if count == before:
            made.append((label,))
            continue
        new = Label(Size(Fraction(count)))
        node = Renamed(node, label, new)
        made.append((new,))
    out = Written(x.number * kernel.number, node, (x.dims[layout.batch], kernel.dims[layout.out], *made))
    for place, (window, each) in enumerate(zip(windows, layout.strides, strict=True)):
        left = each if window is None else each // stride
        if left > 1:
            size = next(labels_of(out.dims[2 + place])).root().size.finite
            out = part(writing, out, 2 + place, 0, size, left)
    return out


def _by_windows(writing: Writing, layout: Layout, x: Written, kernel: Written, equation: Equation) -> Written:
    """A product with the pixels in each window, which are entries of further axes."""
    shape = equation.operands[0].shape
    rank = len(x.dims)
    windows: list[int] = []
    for axis, (low, high), size, stride, spread in zip(
        layout.pixels, layout.padding, layout.sizes, layout.strides, layout.spread, strict=True
    ):
        if (low, high) != (0, 0):
            x = padded(writing, x, axis, low, high)
        count = shape[axis].finite + low + high
        x = _windowed(writing, _pixels(writing, x, axis), axis, count, size, stride, spread)
        windows.append(len(x.dims) - 1)
    if layout.groups == ONE:
        found = contract(writing, x, kernel, ((layout.channel, *windows), (layout.into, *layout.windows)))
        # Left over: the samples and pixels of x in their order, then the channels that the kernel makes.
        rest = [axis for axis in range(rank) if axis != layout.channel]
        place = {axis: k for k, axis in enumerate(rest)}
        order = [place[layout.batch], len(rest), *(place[axis] for axis in layout.pixels)]
        return replace(found, dims=tuple(found.dims[k] for k in order))
    return _grouped(writing, layout, x, kernel, windows, equation)


def _grouped(
    writing: Writing, layout: Layout, x: Written, kernel: Written, windows: Sequence[int], equation: Equation
) -> Written:
    """Channels in groups that do not mix: the groups are an axis that both factors have."""
    channels = equation.operands[0].shape[layout.channel] / layout.groups
    made = equation.operands[1].shape[layout.out] / layout.groups
    x, split = writing.fitted(x, [x.dims[layout.channel]], [each for each in (layout.groups, channels) if each != ONE])
    dims = list(x.dims)
    dims[layout.channel] = split[0]
    x = replace(x, dims=(*dims, split[1] if channels != ONE else ()))
    inner = len(x.dims) - 1
    kernel, own = writing.fitted(
        kernel, [kernel.dims[layout.out]], [each for each in (layout.groups, made) if each != ONE]
    )
    other = list(kernel.dims)
    other[layout.out] = own[0]
    kernel = replace(kernel, dims=(*other, own[1] if made != ONE else ()))
    found = contract(
        writing, x, kernel,
        ((inner, *windows), (layout.into, *layout.windows)),
        ((layout.channel,), (layout.out,)),
    )  # fmt: skip
    rest = [axis for axis in range(len(dims) - len(windows)) if axis != layout.channel]
    place = {axis: k + 1 for k, axis in enumerate(rest)}
    channel = (*found.dims[0], *found.dims[-1])
    return replace(
        found, dims=(found.dims[place[layout.batch]], channel, *(found.dims[place[axis]] for axis in layout.pixels))
    )


def _windowed(writing: Writing, x: Written, axis: int, count: int, size: int, stride: int, spread: int) -> Written:
    """Pixels as [position, place in the window], the latter as a new last axis."""
    made = (count - (size - 1) * spread - 1) // stride + 1
    if size == 1:
        x = part(writing, x, axis, 0, count, stride) if stride > 1 else x
        return replace(x, dims=(*x.dims, ()))
    (label,) = labels_of(x.dims[axis])
    position, place = Label(Size(Fraction(made))), Label(Size(Fraction(size)))
    node = as_value(x)
    entries = tuple(
        Renamed(Index(node, label, k * spread + 1, k * spread + 1 + (made - 1) * stride, stride), label, position)
        if made > 1
        else Index(node, label, k * spread + 1)
        for k in range(size)
    )
    dims = [*x.dims]
    dims[axis] = (position,) if made > 1 else ()
    return replace(x, node=Call("concat", entries, (place,)), dims=(*dims, (place,)))


def _lowered(writing: Writing, x: Written, axis: int, low: int, high: int) -> Written:
    """``x`` with entries beyond the border far below all others, so that they are never the largest."""
    (label,) = labels_of(x.dims[axis])
    size = label.root().size
    border = np.zeros(size.finite)
    border[:low] = border[size.finite - high :] = FAR_BELOW
    shape = tuple(size if k == axis else ONE for k in range(len(x.dims)))
    table = writing.table(Known(shape, None, border.reshape([s.finite for s in shape])))
    operands, dims = writing.aligned([x, table])
    return linear(operands, replace(x, dims=dims))


@reads("reduce_window_sum", "reduce_window_max", "reduce_window_min")
def read_pool(equation: Equation, reading: Reading) -> None:
    for mine, made in zip(reading.axes(equation.operands[0]), reading.axes(equation.results[0]), strict=True):
        if mine is not None and made is not None and mine.size == made.size:
            reading.same(mine, made)


@writes("reduce_window_sum", "reduce_window_max")
def write_pool(equation: Equation, writing: Writing) -> Written:
    """Sums or largest entries of windows."""
    params: Any = equation.params
    x = writing.value(equation.operands[0])
    shape = equation.operands[0].shape
    largest = equation.primitive == "reduce_window_max"
    if any(int(each) != 1 for each in params["base_dilation"]):
        raise Untranslatable("its windows lie over a value with zeros between entries (base_dilation)")
    for axis, size in enumerate(params["window_dimensions"]):
        low, high = map(int, params["padding"][axis])
        stride, spread = int(params["window_strides"][axis]), int(params["window_dilation"][axis])
        if int(size) == 1 and stride == 1 and (low, high) == (0, 0):
            continue
        if shape[axis].wide:
            raise Untranslatable("its windows lie along a wide axis", "pool over finite axes")
        if (low, high) != (0, 0):
            x = padded(writing, x, axis, low, high)
            if largest:
                x = _lowered(writing, x, axis, low, high)
        count = shape[axis].finite + low + high
        x = _windowed(writing, _pixels(writing, x, axis), axis, count, int(size), stride, spread)
        (*_, last) = x.dims
        for label in labels_of(last):
            node = Call("max", (whole(x),), (label,)) if largest else Call("sum", (as_value(x),), (label,))
            x = replace(x, number=UNIT if largest else x.number, node=node)
        x = replace(x, dims=x.dims[:-1])
    return x
