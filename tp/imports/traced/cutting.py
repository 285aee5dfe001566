"""Slices, concatenations and reshapes of values or of known arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tp.imports.traced.flat_equation import Atom, Source, is_known
from tp.imports.traced.loops import Evaluator

Shape = tuple[int, ...]
Limits = tuple[int, int, int]
"""Start, limit and stride."""

RUNS = 64
"""Stretches of indices that are taken one by one."""


def cut(evaluator: Evaluator, array: Atom, limits: Mapping[int, Limits], source: Source) -> Atom:
    """The entries within ``limits``, by axis; all along the other axes."""
    every = [limits.get(axis, (0, size, 1)) for axis, size in enumerate(array.shape)]
    if is_known(array):
        return array[tuple(slice(*each) for each in every)]
    shape = tuple(len(range(*each)) for each in every)
    if shape == array.shape:
        return array
    starts, ends, strides = zip(*every, strict=True)
    params = {
        "start_indices": starts,
        "limit_indices": ends,
        "strides": None if all(stride == 1 for stride in strides) else strides,
    }
    return evaluator.emit("slice", [array], params, shape, source)


def joined(evaluator: Evaluator, parts: Sequence[Atom], axis: int, source: Source) -> Atom:
    """``parts`` side by side along ``axis``."""
    if len(parts) == 1:
        return parts[0]
    if all(is_known(part) for part in parts):
        return np.concatenate(parts, axis=axis)
    shape = list(parts[0].shape)
    shape[axis] = sum(part.shape[axis] for part in parts)
    return evaluator.emit("concatenate", parts, {"dimension": axis}, tuple(shape), source)


def reshaped(evaluator: Evaluator, array: Atom, shape: Shape, source: Source) -> Atom:
    """The entries of ``array`` in order, in another shape."""
    if array.shape == shape:
        return array
    if is_known(array):
        return array.reshape(shape)
    return evaluator.emit("reshape", [array], {"new_sizes": shape, "dimensions": None, "sharding": None}, shape, source)
