"""Reshapes, transposes, axes of one entry, and repeats: they change which axis of an array is which, and no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tp.imports.axes.wide import Factor
from tp.imports.refusal import Untranslatable
from tp.imports.rules.reading import Reading
from tp.imports.rules.registry import reads, writes
from tp.imports.rules.writing import Writing
from tp.imports.rules.written import Dim, Gap, Written
from tp.imports.traced.equation import Equation
from tp.imports.traced.sizes import ONE, Size


def groups(before: Sequence[Size], after: Sequence[Size]) -> list[tuple[list[int], list[int]]]:
    """Axes before and after a reshape, in the smallest groups of equal products; axes of one entry are left out."""
    found: list[tuple[list[int], list[int]]] = []
    left = [i for i, size in enumerate(before) if size != ONE]
    right = [i for i, size in enumerate(after) if size != ONE]
    while left or right:
        mine, other = [left.pop(0)] if left else [], [right.pop(0)] if right else []
        while (one := _product(before, mine)) != (two := _product(after, other)):
            if _smaller(one, two) and left:
                mine.append(left.pop(0))
            elif right:
                other.append(right.pop(0))
            elif left:
                mine.append(left.pop(0))
            else:
                raise Untranslatable("the sizes before and after a reshape do not agree")
        found.append((mine, other))
    return found


def _product(sizes: Sequence[Size], axes: Sequence[int]) -> Size:
    found = ONE
    for axis in axes:
        found = found * sizes[axis]
    return found


def _smaller(one: Size, two: Size) -> bool:
    return (one.exponent, one.factor) < (two.exponent, two.factor)


@reads("reshape")
def read_reshape(equation: Equation, reading: Reading) -> None:
    (x, *_), (out,) = equation.operands, equation.results
    for before, after in groups(x.shape, out.shape):
        if any(x.shape[a].wide for a in before):
            reading.align(reading.in_line(x, before), reading.in_line(out, after))


@writes("reshape")
def write_reshape(equation: Equation, writing: Writing) -> Written:
    (out,) = equation.results
    x = writing.value(equation.operands[0])
    dims: list[Dim] = [()] * len(out.shape)
    for before, after in groups(equation.operands[0].shape, out.shape):
        targets = [size for axis in after for size in writing.wide_dim(out, axis)]
        x, parts = writing.fitted(x, [x.dims[a] for a in before], targets)
        for axis in after:
            count = len(writing.wide_dim(out, axis))
            dims[axis] = tuple(item for part in parts[:count] for item in part)
            parts = parts[count:]
    return replace(x, dims=tuple(dims))


@reads("transpose")
def read_transpose(equation: Equation, reading: Reading) -> None:
    axes = reading.axes(equation.operands[0])
    for place, source in enumerate(equation.params["permutation"]):
        reading.equal(axes[source], reading.axes(equation.results[0])[place])


@writes("transpose")
def write_transpose(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    return replace(x, dims=tuple(x.dims[source] for source in equation.params["permutation"]))


@reads("broadcast_in_dim")
def read_broadcast(equation: Equation, reading: Reading) -> None:
    (x, *_), (out,) = equation.operands, equation.results
    axes: tuple[Factor | None, ...] = reading.axes(x)
    for source, place in enumerate(equation.params["broadcast_dimensions"]):
        if x.shape[source] != ONE:
            reading.equal(axes[source], reading.axes(out)[place])


@writes("broadcast_in_dim")
def write_broadcast(equation: Equation, writing: Writing) -> Written:
    (out,) = equation.results
    x = writing.value(equation.operands[0])
    dims: list[Dim] = [tuple(Gap(size) for size in writing.wide_dim(out, axis)) for axis in range(len(out.shape))]
    for source, place in enumerate(equation.params["broadcast_dimensions"]):
        if equation.operands[0].shape[source] != ONE:
            dims[place] = x.dims[source]
    return replace(x, dims=tuple(dims))


@reads("squeeze")
def read_squeeze(equation: Equation, reading: Reading) -> None:
    (x,), (out,) = equation.operands, equation.results
    reading.without(x, {d % len(x.shape) for d in equation.params["dimensions"]}, out)


@writes("squeeze")
def write_squeeze(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    gone = {d % len(x.dims) for d in equation.params["dimensions"]}
    return replace(x, dims=tuple(dim for axis, dim in enumerate(x.dims) if axis not in gone))


@reads("expand_dims")
def read_expand(equation: Equation, reading: Reading) -> None:
    (x,), (out,) = equation.operands, equation.results
    reading.without(out, {d % len(out.shape) for d in equation.params["dimensions"]}, x)


@writes("expand_dims")
def write_expand(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    new = {d % len(equation.results[0].shape) for d in equation.params["dimensions"]}
    dims = iter(x.dims)
    return replace(x, dims=tuple(() if a in new else next(dims) for a in range(len(equation.results[0].shape))))
