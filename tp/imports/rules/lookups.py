"""Entries at indices: rows of an embedding for tokens, and fixed entries of a finite axis."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from tp.imports.axes.labels import Label
from tp.imports.refusal import Untranslatable
from tp.imports.rules.contraction import contract
from tp.imports.rules.elementwise import MINUS, linear
from tp.imports.rules.reading import Reading
from tp.imports.rules.registry import reads, writes
from tp.imports.rules.writing import Writing
from tp.imports.rules.written import UNIT, Written
from tp.imports.text.expression import Index, One
from tp.imports.traced.equation import Equation, Known
from tp.imports.traced.sizes import ONE, Number, Size


def _taken(equation: Equation) -> int:
    """The axis of the operand along which entries are taken. Raises Untranslatable for any other gather."""
    numbers = equation.params["dimension_numbers"]
    operand, indices = equation.operands
    sizes = equation.params["slice_sizes"]
    one_axis = len(numbers.start_index_map) == 1 and tuple(numbers.collapsed_slice_dims) == tuple(
        numbers.start_index_map
    )
    batched = numbers.operand_batching_dims
    if not one_axis or any(operand.shape[a].wide for a in batched) or indices.shape[-1:] != (ONE,):
        raise Untranslatable("it takes entries along more than one axis", "index one axis at a time")
    (axis,) = numbers.start_index_map
    full = [a for a, size in enumerate(sizes) if a not in (axis, *batched) and Size.of(size) != operand.shape[a]]
    if full or operand.shape[axis].wide:
        raise Untranslatable(
            "it takes entries of a wide axis by index",
            "sum over the wide axis, or index a finite one: wide axes have no indices",
        )
    return int(axis)


@reads("gather")
def read_gather(equation: Equation, reading: Reading) -> None:
    axis = _taken(equation)
    operand, out = equation.operands[0], equation.results[0]
    batched = equation.params["dimension_numbers"].operand_batching_dims
    kept = [a for a in range(len(operand.shape)) if a not in (axis, *batched)]
    for source, place in zip(kept, equation.params["dimension_numbers"].offset_dims, strict=True):
        reading.equal(reading.axes(operand)[source], reading.axes(out)[place])


@writes("gather")
def write_gather(equation: Equation, writing: Writing) -> Written:
    axis = _taken(equation)
    operand, indices = equation.operands
    x = writing.value(operand)
    at = _one_hot(writing, indices, operand.shape[axis])
    last = len(at.dims) - 1
    numbers = equation.params["dimension_numbers"]
    beside = list(numbers.start_indices_batching_dims)
    product = contract(writing, at, x, ((last,), (axis,)), (beside, numbers.operand_batching_dims))
    # The product has axes of both first, then those of the indices, then those of the operand; a gather has the latter
    # at places of its own, and those of the indices in their order.
    own = [*beside, *(a for a in range(last) if a not in beside)]
    rest = (own.index(a) for a in range(last))
    kept = iter(range(last, len(product.dims)))
    offsets = list(numbers.offset_dims)
    order = [next(kept) if place in offsets else next(rest) for place in range(len(product.dims))]
    return replace(product, dims=tuple(product.dims[place] for place in order))


@writes("eq", "ne")
def write_equal(equation: Equation, writing: Writing) -> Written:
    """Where indices are given ones: entries of their one-hot rows."""
    left, right = equation.operands
    if isinstance(left, Known):
        left, right = right, left
    at = writing.value(left)
    if at.hot is None or not isinstance(right, Known):
        raise Untranslatable("it asks whether two numbers are equal", "use where(x > y, ...), or indices of an input")
    found = _where_equal(writing, at, right)
    if equation.primitive == "eq":
        return found
    return linear([Written(UNIT, One(), found.dims), found.scaled(MINUS)], found)


def _where_equal(writing: Writing, at: Written, given: Known) -> Written:
    assert at.hot is not None
    hot = at.hot.root()
    if given.number is not None:
        node = Index(at.node, hot, int(given.number.coefficient) + 1)
        return replace(at, node=node, hot=None)
    if given.table is None:
        raise Untranslatable("it compares indices with numbers that depend on n")
    numbers = np.asarray(given.table, np.int64)
    varying = [axis for axis, size in enumerate(numbers.shape) if size > 1]
    if len(varying) != 1 or at.dims[varying[0]] != () or numbers.ravel().tolist() != list(range(numbers.size)):
        raise Untranslatable("it compares indices with numbers that are not 0, 1, 2 and so on", "use jax.nn.one_hot")
    _settle(hot, Size(Fraction(numbers.size)))
    return writing.with_dim(replace(at, hot=None), varying[0], (at.hot,))


def _one_hot(writing: Writing, indices: object, size: Size) -> Written:
    """Indices, without their last axis, as one-hot rows along a new last axis of ``size``."""
    if isinstance(indices, Known):
        if indices.table is None and indices.number is None:
            raise Untranslatable("its indices depend on n")
        shape = [each.finite for each in indices.shape[:-1]]
        numbers = np.full(shape, indices.number.coefficient) if indices.number else np.asarray(indices.table)
        rows = np.eye(size.finite)[np.asarray(numbers, np.int64).reshape(shape).clip(0, size.finite - 1)]
        full = (*indices.shape[:-1], size)
        return writing.table(Known(full, None, rows, "float"))
    at = writing.value(indices)  # pyright: ignore[reportArgumentType]
    if at.hot is None or at.number != Number(1.0):
        raise Untranslatable("its indices are computed", "use indices of an input as they are, or fixed ones")
    _settle(at.hot.root(), size)
    return replace(at, dims=(*at.dims[:-1], (at.hot,)), hot=None)


def _settle(hot: Label, size: Size) -> None:
    """The one-hot axis of indices has this size, from their first use on."""
    if hot.size == ONE:
        hot.size = size
    if hot.size != size:
        raise Untranslatable("it uses the same indices for axes of different sizes", "give them as two inputs")
