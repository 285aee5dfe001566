"""Slices, concatenations and reshapes of values or of known arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

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


def runs(rows: Any) -> list[Limits]:
    """Stretches of equal, positive strides."""
    steps = np.diff(rows)
    if len(rows) > 1 and (steps == steps[0]).all() and steps[0] > 0:
        return [(int(rows[0]), int(rows[-1]) + 1, int(steps[0]))]
    edges = [0, *(np.flatnonzero(steps != 1) + 1).tolist(), len(rows)]
    return [(int(rows[a]), int(rows[b - 1]) + 1, 1) for a, b in pairwise(edges)]
