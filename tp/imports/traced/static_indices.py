"""Entries at indices that are known, as slices: ``x[3]``, ``table[arange(8)]``, ``buffer.at[i].set(row)`` in loops."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tp.imports.traced.flat_equation import Atom, Source, is_known
from tp.imports.traced.loops import Evaluator

Shape = tuple[int, ...]
RUNS = 64
"""Stretches of indices that are taken one by one."""


def _dynamic_slice(
    evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
) -> Atom | None:
    array, *starts = operands
    if not all(is_known(start) for start in starts):
        return None
    first = [min(max(int(start), 0), n - k) for start, n, k in zip(starts, array.shape, shape, strict=True)]
    return _cut(evaluator, array, [(a, a + k, 1) for a, k in zip(first, shape, strict=True)], source)


def _dynamic_update_slice(
    evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
) -> Atom | None:
    array, update, *starts = operands
    partial = [axis for axis, (n, k) in enumerate(zip(shape, update.shape, strict=True)) if n != k]
    if not all(is_known(start) for start in starts) or len(partial) > 1:
        return None
    if not partial:
        return update
    (axis,) = partial
    start = min(max(int(starts[axis]), 0), shape[axis] - update.shape[axis])
    return _replaced(evaluator, array, update, axis, start, source)


def _gather(
    evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
) -> Atom | None:
    """Rows along one axis, as ``jnp.take`` gathers them."""
    array, indices = operands
    numbers = params["dimension_numbers"]
    if not is_known(indices) or len(numbers.start_index_map) != 1 or numbers.operand_batching_dims:
        return None
    (axis,) = numbers.start_index_map
    sizes = tuple(1 if i == axis else size for i, size in enumerate(array.shape))
    batch = indices.ndim - 1
    here = tuple(i for i in range(len(shape)) if not axis <= i < axis + batch)
    if (numbers.collapsed_slice_dims, params["slice_sizes"], numbers.offset_dims) != ((axis,), sizes, here):
        return None
    rows = indices.reshape(-1).astype(np.int64)
    if not rows.size or rows.min() < 0 or rows.max() >= array.shape[axis]:
        return None
    taken = _taken(evaluator, array, axis, rows, source)
    if taken is None or taken.shape == shape:
        return taken
    return evaluator.emit("reshape", [taken], {"new_sizes": shape, "dimensions": None, "sharding": None}, shape, source)


def split(evaluator: Evaluator, array: Atom, sizes: Sequence[int], axis: int, source: Source) -> list[Atom]:
    """``array`` cut into pieces of these sizes along ``axis``."""
    edges = np.cumsum([0, *sizes]).tolist()
    whole = [(0, size, 1) for size in array.shape]
    return [_cut(evaluator, array, [*whole[:axis], (a, b, 1), *whole[axis + 1 :]], source) for a, b in pairwise(edges)]


def _taken(evaluator: Evaluator, array: Atom, axis: int, rows: Any, source: Source) -> Atom | None:
    runs = _runs(rows)
    if len(runs) > RUNS:
        return None
    whole = [(0, size, 1) for size in array.shape]
    parts = [_cut(evaluator, array, [*whole[:axis], run, *whole[axis + 1 :]], source) for run in runs]
    return _joined(evaluator, parts, axis, source)


def _runs(rows: Any) -> list[tuple[int, int, int]]:
    """Starts, limits and strides of stretches of equal, positive strides."""
    steps = np.diff(rows)
    if len(rows) > 1 and (steps == steps[0]).all() and steps[0] > 0:
        return [(int(rows[0]), int(rows[-1]) + 1, int(steps[0]))]
    edges = [0, *(np.flatnonzero(steps != 1) + 1).tolist(), len(rows)]
    return [(int(rows[a]), int(rows[b - 1]) + 1, 1) for a, b in pairwise(edges)]


def _cut(evaluator: Evaluator, array: Atom, limits: Sequence[tuple[int, int, int]], source: Source) -> Atom:
    shape = tuple(len(range(*limit)) for limit in limits)
    if is_known(array):
        return array[tuple(slice(*limit) for limit in limits)]
    if shape == array.shape:
        return array
    starts, ends, strides = zip(*limits, strict=True)
    params = {
        "start_indices": starts,
        "limit_indices": ends,
        "strides": None if all(stride == 1 for stride in strides) else strides,
    }
    return evaluator.emit("slice", [array], params, shape, source)


def _replaced(evaluator: Evaluator, array: Atom, update: Atom, axis: int, start: int, source: Source) -> Atom:
    """``array`` with ``update`` in it from ``start`` along ``axis``."""
    whole = [(0, size, 1) for size in array.shape]
    pieces = [(0, start, 1), (start + update.shape[axis], array.shape[axis], 1)]
    before, after = (_cut(evaluator, array, [*whole[:axis], piece, *whole[axis + 1 :]], source) for piece in pieces)
    return _joined(evaluator, [part for part in (before, update, after) if part.shape[axis]], axis, source)


def _joined(evaluator: Evaluator, parts: Sequence[Atom], axis: int, source: Source) -> Atom:
    if len(parts) == 1:
        return parts[0]
    if all(is_known(part) for part in parts):
        return np.concatenate(parts, axis=axis)
    shape = list(parts[0].shape)
    shape[axis] = sum(part.shape[axis] for part in parts)
    return evaluator.emit("concatenate", parts, {"dimension": axis}, tuple(shape), source)


Rule = Callable[[Evaluator, Sequence[Atom], Mapping[str, Any], Shape, Source], Atom | None]
STATIC: dict[str, Rule] = {
    "dynamic_slice": _dynamic_slice,
    "dynamic_update_slice": _dynamic_update_slice,
    "gather": _gather,
}
"""By primitive: its result as slices, or None where its indices are not known."""
