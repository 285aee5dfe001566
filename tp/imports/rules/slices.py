"""Parts of arrays: slices, splits, concatenations, padding and reversal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import gcd

import numpy as np

from tp.imports.axes.labels import Label
from tp.imports.axes.wide import Factor
from tp.imports.refusal import Untranslatable
from tp.imports.rules.contraction import contract
from tp.imports.rules.elementwise import whole
from tp.imports.rules.reading import Reading
from tp.imports.rules.registry import reads, writes
from tp.imports.rules.writing import Writing, as_value
from tp.imports.rules.written import UNIT, Dim, Gap, Item, Written, labels_of, sizes_of
from tp.imports.text.expression import Call, Index, One, Renamed
from tp.imports.traced.equation import Equation, Known, Operand, Value
from tp.imports.traced.sizes import ONE, Size

NOT_A_MULTIPLE = Untranslatable(
    "it takes a part of a wide axis whose bounds are not constants times a power of n",
    "cut a wide axis only into parts that grow as it does, such as halves",
)


def _bounds(equation: Equation) -> list[tuple[Size, Size, int]]:
    """Start, limit and stride along every axis."""
    shape = equation.operands[0].shape
    starts = equation.params["start_indices"]
    limits = equation.params["limit_indices"]
    strides = equation.params.get("strides") or [1] * len(shape)
    return [(Size.of(a), Size.of(b), int(c)) for a, b, c in zip(starts, limits, strides, strict=True)]


def _shared(sizes: Sequence[Size], whole_axis: Size) -> Size:
    """The largest size that divides all ``sizes``, which grow as ``whole_axis`` does; zeros are left out."""
    found = whole_axis
    for size in sizes:
        if not size.factor:
            continue
        if size.exponent != whole_axis.exponent:
            raise NOT_A_MULTIPLE
        a, b = found.factor, size.factor
        below = a.denominator * b.denominator // gcd(a.denominator, b.denominator)
        above = gcd(int(a * below), int(b * below))
        found = Size(Fraction(above, below), whole_axis.exponent)
    return found


def _cut(reading: Reading, axis: Factor, unit: Size) -> Factor:
    """The factor of ``axis`` that has ``unit`` entries, the faster one of two."""
    return axis if axis.size == unit else reading.divide(axis, [axis.size / unit, unit])[1]


@reads("slice")
def read_slice(equation: Equation, reading: Reading) -> None:
    (x,), (out,) = equation.operands, equation.results
    for place, (start, limit, stride) in enumerate(_bounds(equation)):
        mine, made = reading.axes(x)[place], reading.axes(out)[place]
        if mine is None:
            continue
        if not start.factor and limit == x.shape[place] and stride == 1:
            reading.equal(mine, made)
            continue
        if made is None or stride != 1:
            raise NOT_A_MULTIPLE
        unit = _shared([start, limit], x.shape[place])
        reading.same(_cut(reading, mine, unit), _cut(reading, made, unit))


@writes("slice")
def write_slice(equation: Equation, writing: Writing) -> Written:
    (operand,), (out,) = equation.operands, equation.results
    x = writing.value(operand)
    for place, (start, limit, stride) in enumerate(_bounds(equation)):
        size = operand.shape[place]
        if not start.factor and limit == size and stride == 1:
            continue
        if not size.wide:
            x = part(writing, writing.single(x, place), place, int(start.factor), int(limit.factor), stride)
            continue
        unit = _shared([start, limit], size)
        first, last = int((start / unit).factor) if start.factor else 0, int((limit / unit).factor)
        x = _wide_part(writing, x, place, unit, first, last)
    del out
    return x


def part(writing: Writing, x: Written, place: int, first: int, limit: int, stride: int) -> Written:
    """Entries of a finite axis that is one label or repeated."""
    count = -(-(limit - first) // stride)
    labels = list(labels_of(x.dims[place]))
    made = Size(Fraction(count))
    if not labels:
        return writing.with_dim(x, place, () if count == 1 else (Gap(made),))
    node = as_value(x)
    if count == 1:
        return writing.with_dim(replace(x, node=Index(node, labels[0], first + 1)), place, ())
    label = Label(made)
    last = first + 1 + (count - 1) * stride
    node = Renamed(Index(node, labels[0], first + 1, last, stride), labels[0], label)
    return writing.with_dim(replace(x, node=node), place, (label,))


def _wide_part(writing: Writing, x: Written, place: int, unit: Size, first: int, last: int) -> Written:
    """Parts of a wide axis, ``unit`` entries each: the axis is divided into parts and entries of a part."""
    total = ONE
    for size in sizes_of(x.dims[place]):
        total = total * size
    x, (slow, *fast) = _front(writing, x, place, total / unit)
    x = writing.single(writing.with_dim(x, place, slow), place)
    x = part(writing, x, place, first, last, 1)
    return writing.with_dim(x, place, (*x.dims[place], *(item for part in fast for item in part)))


def _front(writing: Writing, x: Written, place: int, count: Size) -> tuple[Written, list[Dim]]:
    """The factors of an axis as those that make ``count``, and the others one by one."""
    rest = list(x.dims[place])
    made, targets = ONE, [count]
    for item in rest:
        size = sizes_of((item,))[0]
        made = made * size
        if made.exponent > count.exponent or (made.exponent == count.exponent and made.factor > count.factor):
            over = made / count
            targets.append(over if over != size and made / size != count else size)
            made = count
    return writing.fitted(x, [x.dims[place]], targets)


def _read_parts(reading: Reading, joint: Operand, parts: Sequence[Operand], along: int) -> None:
    """``joint`` has ``parts`` one after the other along an axis, and their other axes."""
    for part in parts:
        for place, (mine, other) in enumerate(zip(reading.axes(joint), reading.axes(part), strict=True)):
            if place != along:
                reading.equal(mine, other)
    whole_axis = reading.axes(joint)[along]
    if whole_axis is None:
        return
    unit = _shared([part.shape[along] for part in parts], joint.shape[along])
    shared = _cut(reading, whole_axis, unit)
    for part in parts:
        mine = reading.axes(part)[along]
        if mine is not None:
            reading.same(_cut(reading, mine, unit), shared)


@reads("concatenate")
def read_concatenate(equation: Equation, reading: Reading) -> None:
    _read_parts(reading, equation.results[0], equation.operands, equation.params["dimension"])


@writes("concatenate")
def write_concatenate(equation: Equation, writing: Writing) -> Written:
    (out,) = equation.results
    along = equation.params["dimension"]
    operands = [writing.value(operand) for operand in equation.operands]
    if out.shape[along].wide:
        return _joined_wide(equation, writing, operands, along)
    return joined(writing, operands, along, out)


def joined(writing: Writing, operands: Sequence[Written], along: int, out: Value) -> Written:
    """Arrays one after the other along a finite axis."""
    label = Label(out.shape[along])
    found, dims = _others_aligned(writing, operands, along)
    pieces: list[Written] = []
    for each in found:
        each = writing.single(each, along)
        each = writing.filled(each, along)
        mine = list(labels_of(each.dims[along]))
        pieces.append(writing.renamed(each, mine[0], label) if mine else each)
    node = Call("concat", tuple(whole(piece) for piece in pieces), (label,))
    return Written(UNIT, node, (*dims[:along], (label,), *dims[along + 1 :]))


def _others_aligned(writing: Writing, operands: Sequence[Written], along: int) -> tuple[list[Written], tuple[Dim, ...]]:
    """Operands with the same labels along all axes but one."""
    kept = [each.dims[along] for each in operands]
    bare = [writing.with_dim(each, along, ()) for each in operands]
    found, dims = writing.aligned(bare)
    taken = [label for dim in dims for label in labels_of(dim)]
    back = [writing.with_dim(each, along, dim) for each, dim in zip(found, kept, strict=True)]
    return [writing.apart(each, taken, list(labels_of(each.dims[along]))) for each in back], dims


def _joined_wide(equation: Equation, writing: Writing, operands: Sequence[Written], along: int) -> Written:
    """Parts of a wide axis one after the other, as entries of a finite axis of parts."""
    (out,) = equation.results
    unit = _shared([operand.shape[along] for operand in equation.operands], out.shape[along])
    count = (out.shape[along] / unit).factor
    label = Label(Size(count))
    found, dims = _others_aligned(writing, operands, along)
    pieces: list[Written] = []
    fast: tuple[Item, ...] = ()
    for operand, each in zip(equation.operands, found, strict=True):
        if not any(labels_of(each.dims[along])):
            raise Untranslatable("it joins a repeated value along a wide axis", "join values that have this axis")
        own = operand.shape[along] / unit
        if own != ONE:
            each, (slow, *rest) = _front(writing, each, along, own)
            each = writing.single(writing.with_dim(each, along, slow), along)
            each = writing.filled(each, along)
            each = writing.renamed(each, next(labels_of(each.dims[along])), label)
            fast = tuple(item for part in rest for item in part)
        else:
            fast = each.dims[along]
        pieces.append(each)
    node = Call("concat", tuple(whole(piece) for piece in pieces), (label,))
    return Written(UNIT, node, (*dims[:along], (label, *fast), *dims[along + 1 :]))


@reads("split")
def read_split(equation: Equation, reading: Reading) -> None:
    _read_parts(reading, equation.operands[0], equation.results, equation.params["axis"])


@writes("split")
def write_split(equation: Equation, writing: Writing) -> list[Written]:
    operand: Operand = equation.operands[0]
    along = equation.params["axis"]
    x = writing.value(operand)
    sizes = [Size.of(size) for size in equation.params["sizes"]]
    wide = operand.shape[along].wide
    unit = _shared(sizes, operand.shape[along]) if wide else ONE
    found: list[Written] = []
    first = 0
    for size in sizes:
        last = first + int((size / unit).factor)
        if wide:
            found.append(_wide_part(writing, x, along, unit, first, last))
        else:
            found.append(part(writing, writing.single(x, along), along, first, last, 1))
        first = last
    return found


@reads("pad", "rev")
def read_whole(equation: Equation, reading: Reading) -> None:
    """Wide axes stay as they are; writing refuses others."""
    for mine, made in zip(reading.axes(equation.operands[0]), reading.axes(equation.results[0]), strict=True):
        if mine is not None and made is not None and mine.size == made.size:
            reading.same(mine, made)


@writes("pad")
def write_pad(equation: Equation, writing: Writing) -> Written:
    operand, filling = equation.operands
    x = writing.value(operand)
    zero = writing.value(filling)
    if not (isinstance(zero.node, One) and zero.number.coefficient == 0):
        raise Untranslatable("it fills with numbers other than zero", "fill with zeros, or concatenate")
    for place, (low, high, inner) in enumerate(equation.params["padding_config"]):
        if (low, high, inner) == (0, 0, 0):
            continue
        if operand.shape[place].wide:
            raise Untranslatable("it pads a wide axis", "the language has no zeros between neurons: pad finite axes")
        x = spread(writing, x, place, operand.shape[place].finite, (int(low), int(high), int(inner)))
    return x


def spread(writing: Writing, x: Written, place: int, count: int, padding: tuple[int, int, int]) -> Written:
    """Zeros before, after and between ``count`` entries along a finite axis; negative numbers cut entries off."""
    low, high, inner = padding
    if not inner and min(low, high) >= 0:
        return padded(writing, x, place, low, high)
    if not inner:
        x = part(writing, writing.single(x, place), place, max(0, -low), count - max(0, -high), 1)
        return padded(writing, x, place, max(0, low), max(0, high)) if max(low, high) > 0 else x
    made = low + high + (count - 1) * (inner + 1) + 1
    # Each entry goes to one place, if it is not cut off: a product with a table of 0 and 1.
    places = np.array([low + k * (inner + 1) for k in range(count)])
    table = (np.arange(made)[:, None] == places[None, :]).astype(np.float64)
    shape = (Size(Fraction(made)), Size(Fraction(count)))
    found = contract(writing, x, writing.table(Known(shape, None, table)), ((place,), (1,)))
    return replace(found, dims=(*found.dims[:place], found.dims[-1], *found.dims[place:-1]))


def padded(writing: Writing, x: Written, place: int, low: int, high: int) -> Written:
    """Zeros before and after along a finite axis."""
    before = x.dims[place]
    x = writing.single(x, place)
    if not before:  # an axis of one entry becomes one that has it at one place
        one = Label(ONE)
        x = replace(x, node=Call("concat", (as_value(x),), (one,)))
        x = writing.with_dim(x, place, (one,))
    x = writing.filled(x, place)
    (old,) = labels_of(x.dims[place])
    new = Label(Size(old.root().size.factor + low + high))
    node = Renamed(Call("pad", (as_value(x),), (old,), words=(str(low), str(high))), old, new)
    return writing.with_dim(replace(x, node=node), place, (new,))


@writes("rev")
def write_rev(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    for place in equation.params["dimensions"]:
        if equation.operands[0].shape[place].wide:
            raise Untranslatable("it reverses a wide axis")
        x = writing.single(x, place)
        for label in labels_of(x.dims[place]):
            count = label.root().size.finite
            entries = tuple(Index(as_value(x), label, count - k) for k in range(count))
            x = replace(x, node=Call("concat", entries, (label,)))
    return x
