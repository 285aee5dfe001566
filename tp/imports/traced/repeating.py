"""Copies of an array along its axes, and arrays along a new axis: as broadcasts, reshapes and concatenations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tp.imports.traced.cutting import Shape, cut, joined, reshaped
from tp.imports.traced.flat_equation import Atom, Source
from tp.imports.traced.loops import Evaluator


def tile(
    evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
) -> Atom:
    (array,) = operands
    full: list[int] = []
    places: list[int] = []
    for entries, count in zip(array.shape, params["reps"], strict=True):
        if entries != 1 and count != 1:
            full.append(count)
        places.append(len(full))
        full.append(count if entries == 1 else entries)
    repeated = {"shape": tuple(full), "broadcast_dimensions": tuple(places), "sharding": None}
    copies = evaluator.emit("broadcast_in_dim", [array], repeated, tuple(full), source)
    return reshaped(evaluator, copies, shape, source)


def stack(
    evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
) -> Atom:
    axis = params["axis"]
    one = (*shape[:axis], 1, *shape[axis + 1 :])
    return joined(evaluator, [reshaped(evaluator, each, one, source) for each in operands], axis, source)


def unstack(evaluator: Evaluator, array: Atom, axis: int, source: Source) -> list[Atom]:
    """The entries along ``axis``, without that axis."""
    shape = (*array.shape[:axis], *array.shape[axis + 1 :])
    parts = [cut(evaluator, array, {axis: (k, k + 1, 1)}, source) for k in range(array.shape[axis])]
    return [reshaped(evaluator, part, shape, source) for part in parts]
