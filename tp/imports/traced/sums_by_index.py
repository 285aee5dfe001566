"""Rows that are added up at known indices, some of which are the same: a product with a table of 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tp.imports.traced.cutting import Shape
from tp.imports.traced.flat_equation import Atom, Source, Unknown, is_known
from tp.imports.traced.loops import Evaluator


def summed(
    evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
) -> Atom | None:
    """The result of a scatter-add of whole rows along one axis, as sums over edges of a graph are. None for others."""
    array, indices, update = operands
    numbers = params["dimension_numbers"]
    axes, batch = numbers.scatter_dims_to_operand_dims, set(range(len(update.shape))) - {*numbers.update_window_dims}
    if len(axes) != 1 or numbers.inserted_window_dims != axes or len(batch) != 1 or not isinstance(update, Unknown):
        return None
    ((axis,), (rows,)) = axes, batch
    beside = [update.shape[each] for each in numbers.update_window_dims]
    at = np.asarray(indices).reshape(-1)
    if beside != [size for each, size in enumerate(shape) if each != axis] or at.min() < 0 or at.max() >= shape[axis]:
        return None
    table = (at[:, None] == np.arange(shape[axis])).astype(np.float64)
    contracted = {
        "dimension_numbers": (((rows,), (0,)), ((), ())),
        "precision": None,
        "preferred_element_type": np.dtype(np.float64),
        "out_sharding": None,
    }
    found = evaluator.emit("dot_general", [update, table], contracted, (*beside, shape[axis]), source)
    order = (*range(axis), len(beside), *range(axis, len(beside)))
    found = evaluator.emit("transpose", [found], {"permutation": order}, shape, source)
    return found if is_known(array) and not array.any() else evaluator.emit("add", [array, found], {}, shape, source)
