"""Entries at indices that are known, as slices: ``x[3]``, ``table[arange(8)]``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tp.imports.traced.cutting import RUNS, Shape, cut, joined, reshaped, runs
from tp.imports.traced.flat_equation import Atom, Source, is_known
from tp.imports.traced.gathering import plain
from tp.imports.traced.known_rows import known_rows
from tp.imports.traced.loops import Evaluator
from tp.imports.traced.repeating import stack, tile
from tp.imports.traced.scattering import COMBINED, dynamic_update_slice, scatter


def split(evaluator: Evaluator, array: Atom, sizes: Sequence[int], axis: int, source: Source) -> list[Atom]:
    """``array`` cut into pieces of these sizes along ``axis``."""
    edges = np.cumsum([0, *sizes]).tolist()
    return [cut(evaluator, array, {axis: (a, b, 1)}, source) for a, b in pairwise(edges)]


def _dynamic_slice(
    evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
) -> Atom | None:
    array, *starts = operands
    if not all(is_known(start) for start in starts):
        return None
    first = [min(max(int(start), 0), n - k) for start, n, k in zip(starts, array.shape, shape, strict=True)]
    return cut(evaluator, array, {i: (a, a + k, 1) for i, (a, k) in enumerate(zip(first, shape, strict=True))}, source)


def _gather(
    evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
) -> Atom | None:
    """Rows along one axis, as ``jnp.take`` gathers them."""
    array, indices = operands
    numbers = params["dimension_numbers"]
    if not is_known(indices):
        return plain(evaluator, operands, params, shape, source)
    if len(numbers.start_index_map) != 1 or numbers.operand_batching_dims:
        return known_rows(evaluator, operands, params, shape, source)
    (axis,) = numbers.start_index_map
    sizes = tuple(1 if i == axis else size for i, size in enumerate(array.shape))
    batch = indices.ndim - 1
    here = tuple(i for i in range(len(shape)) if not axis <= i < axis + batch)
    if (numbers.collapsed_slice_dims, params["slice_sizes"], numbers.offset_dims) != ((axis,), sizes, here):
        return None
    rows = indices.reshape(-1).astype(np.int64)
    if not rows.size or rows.min() < 0 or rows.max() >= array.shape[axis]:
        return None
    stretches = runs(rows)
    if len(stretches) > RUNS:
        return None
    parts = [cut(evaluator, array, {axis: run}, source) for run in stretches]
    return reshaped(evaluator, joined(evaluator, parts, axis, source), shape, source)


Rule = Callable[[Evaluator, Sequence[Atom], Mapping[str, Any], Shape, Source], Atom | None]
STATIC: dict[str, Rule] = {
    "dynamic_slice": _dynamic_slice,
    "gather": _gather,
    "dynamic_update_slice": dynamic_update_slice,
    "stack": stack,
    "tile": tile,
    **{name: scatter(name) for name in COMBINED},
}
"""By primitive: its result as slices and concatenations, or None where it has to stay."""
