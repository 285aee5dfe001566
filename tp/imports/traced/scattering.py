"""Entries that are replaced at indices that are known, as concatenations: ``buffer.at[i].set(row)`` in loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tp.imports.traced.cutting import RUNS, Shape, cut, joined, reshaped
from tp.imports.traced.flat_equation import Atom, Source, is_known
from tp.imports.traced.loops import Evaluator
from tp.imports.traced.sums_by_index import summed

COMBINED: dict[str, str | None] = {"scatter": None, "scatter-add": "add", "scatter-mul": "mul"}
"""By primitive: what is done to the entries that are there."""


def dynamic_update_slice(
    evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
) -> Atom | None:
    array, update, *starts = operands
    if not all(is_known(start) for start in starts):
        return None
    first = [min(max(int(start), 0), n - k) for start, n, k in zip(starts, shape, update.shape, strict=True)]
    return _replaced(evaluator, array, update, first, None, source)


def scatter(name: str) -> Any:
    """The rule of a primitive of :data:`COMBINED`: one window, or as many as rows of indices."""

    def rule(
        evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
    ) -> Atom | None:
        array, indices, update = operands
        numbers = params["dimension_numbers"]
        if not is_known(indices) or numbers.operand_batching_dims or indices.ndim > 2:
            return None
        rows = np.atleast_2d(indices).astype(np.int64).tolist()
        batch = [axis for axis in range(len(update.shape)) if axis not in numbers.update_window_dims]
        if len(batch) != indices.ndim - 1:
            return None
        if len(rows) > RUNS or len({tuple(row) for row in rows}) < len(rows):
            return summed(evaluator, operands, params, shape, source) if name == "scatter-add" else None
        for number, row in enumerate(rows):
            part = cut(evaluator, update, dict.fromkeys(batch, (number, number + 1, 1)), source)
            sizes = iter(update.shape[axis] for axis in numbers.update_window_dims)
            window = tuple(1 if axis in numbers.inserted_window_dims else next(sizes) for axis in range(len(shape)))
            start = [0] * len(shape)
            for axis, at in zip(numbers.scatter_dims_to_operand_dims, row, strict=True):
                start[axis] = at
            if any(a < 0 or a + k > n for a, k, n in zip(start, window, shape, strict=True)):
                return None
            lifted = reshaped(evaluator, part, window, source)
            array = _replaced(evaluator, array, lifted, start, COMBINED[name], source)
        return array

    return rule


def _replaced(
    evaluator: Evaluator, array: Atom, update: Atom, start: Sequence[int], combined: str | None, source: Source
) -> Atom:
    """``array`` with ``update`` in it from ``start``."""
    partial = [axis for axis, (n, k) in enumerate(zip(array.shape, update.shape, strict=True)) if n != k]
    if not partial:
        if combined is None or (is_known(array) and is_known(update)):
            return update if combined is None else {"add": np.add, "mul": np.multiply}[combined](array, update)
        return evaluator.emit(combined, [array, update], {}, update.shape, source)
    axis = partial[0]
    first, last = start[axis], start[axis] + update.shape[axis]
    old = cut(evaluator, array, {axis: (first, last, 1)}, source)
    inside = [0 if i == axis else at for i, at in enumerate(start)]
    new = _replaced(evaluator, old, update, inside, combined, source)
    before = cut(evaluator, array, {axis: (0, first, 1)}, source)
    after = cut(evaluator, array, {axis: (last, array.shape[axis], 1)}, source)
    return joined(evaluator, [part for part in (before, new, after) if part.shape[axis]], axis, source)
