"""Look-ups at known indices along several axes, as slices of one axis that holds the entries of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from tp.imports.traced import jax_internals as internals
from tp.imports.traced.cutting import RUNS, Shape, cut, joined, reshaped, runs
from tp.imports.traced.flat_equation import Atom, Source, Unknown
from tp.imports.traced.loops import Evaluator


def known_rows(
    evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
) -> Atom | None:
    """The result of a gather at known indices. None where an index is beyond the array, or where rows are many."""
    array, indices = operands
    assert isinstance(array, Unknown)
    numbers, sizes = params["dimension_numbers"], params["slice_sizes"]
    dropped = (*numbers.collapsed_slice_dims, *numbers.operand_batching_dims)
    kept = [axis for axis in range(len(array.shape)) if axis not in dropped]
    beside = dict(zip(kept, numbers.offset_dims, strict=True))
    whole = [a for a in kept if sizes[a] == array.shape[a] and a not in numbers.start_index_map]
    taken = [axis for axis in range(len(array.shape)) if axis not in whole]
    count = prod(array.shape[axis] for axis in taken)
    # Where entries come from does not depend on the axes that are whole: one entry stands for them.
    short = [1 if axis in whole else size for axis, size in enumerate(array.shape)]
    changed = {**params, "slice_sizes": tuple(1 if axis in whole else size for axis, size in enumerate(sizes))}
    places = internals.gathered(np.arange(count).reshape(short), indices, changed)
    rows = places.reshape(-1)
    if not rows.size or rows.min() < 0 or rows.max() >= count:
        return None
    stretches = runs(rows)
    if len(stretches) > RUNS:
        return None
    lined, axis, order = array, 0, (*taken, *whole)
    several = [each for each in taken if array.shape[each] > 1]
    if len(several) == 1:  # cut before axes are moved, as what loops stack is known along its own axis
        (axis,) = several
    else:
        lined = _transposed(evaluator, array, order, source)
        lined = reshaped(evaluator, lined, (count, *(array.shape[each] for each in whole)), source)
    found = joined(evaluator, [cut(evaluator, lined, {axis: each}, source) for each in stretches], axis, source)
    if len(several) == 1:
        found = _transposed(evaluator, found, order, source)
    last = [beside[axis] for axis in whole]
    first = [place for place in range(len(shape)) if place not in last]
    made = [*first, *last]
    found = reshaped(evaluator, found, tuple(shape[place] for place in made), source)
    return _transposed(evaluator, found, tuple(made.index(place) for place in range(len(shape))), source)


def _transposed(evaluator: Evaluator, array: Atom, permutation: Shape, source: Source) -> Atom:
    if permutation == tuple(range(len(permutation))):
        return array
    shape = tuple(array.shape[axis] for axis in permutation)
    return evaluator.emit("transpose", [array], {"permutation": permutation}, shape, source)
