"""Look-ups in one form: rows along one axis. ``vmap`` of ``table[i]`` gathers along all axes, from 0 along most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tp.imports.traced.cutting import Shape
from tp.imports.traced.flat_equation import Atom, Source, Unknown, is_known
from tp.imports.traced.loops import Evaluator


def plain(
    evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
) -> Atom | None:
    """The result of a gather whose slices are whole along all axes but one. None where it has the form already."""
    array, indices = operands
    numbers, sizes = params["dimension_numbers"], params["slice_sizes"]
    if not isinstance(array, Unknown) or numbers.operand_batching_dims:
        return None
    whole = [axis for axis in numbers.start_index_map if sizes[axis] == array.shape[axis]]
    rest = [axis for axis in numbers.start_index_map if axis not in whole]
    if len(rest) != 1 or (not whole and rest[0] in numbers.collapsed_slice_dims) or sizes[rest[0]] != 1:
        return None
    (axis,) = rest
    if whole:
        found = evaluator.pieces(indices)
        if found is None or found[0] != len(indices.shape) - 1 or any(p.shape[-1] != 1 for p in found[1]):
            return None
        starts = dict(zip(numbers.start_index_map, found[1], strict=True))
        if not all(is_known(starts[other]) and not starts[other].any() for other in whole):
            return None
        indices = starts[axis]
    if axis in numbers.collapsed_slice_dims:
        changed = numbers._replace(start_index_map=(axis,))
        return evaluator.emit("gather", [array, indices], {**params, "dimension_numbers": changed}, shape, source)
    kept = [other for other in range(len(array.shape)) if other not in numbers.collapsed_slice_dims]
    unit = numbers.offset_dims[kept.index(axis)]
    changed = numbers._replace(
        start_index_map=(axis,),
        collapsed_slice_dims=tuple(sorted((*numbers.collapsed_slice_dims, axis))),
        offset_dims=tuple(at - (at > unit) for at in numbers.offset_dims if at != unit),
    )
    short = (*shape[:unit], *shape[unit + 1 :])
    rows = evaluator.emit("gather", [array, indices], {**params, "dimension_numbers": changed}, short, source)
    lift = {"shape": shape, "broadcast_dimensions": tuple(i for i in range(len(shape)) if i != unit), "sharding": None}
    return evaluator.emit("broadcast_in_dim", [rows], lift, shape, source)
