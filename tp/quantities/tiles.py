"""Kernels between large batches in tiles, so that the values of a program at all inputs are never in memory at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tp.quantities.kernels import pair

Batch = Mapping[str, npt.NDArray[Any]]
"""Inputs by name, with samples along the first axis."""
Compute = Callable[[Batch, Batch | None], Mapping[str, npt.NDArray[Any]]]
"""From two batches, or one that is both, to kernels [left, right, axes of f, axes of g] by pair of outputs."""


@dataclass(frozen=True, slots=True)
class Tile:
    """The samples ``rows`` of the left batch and ``columns`` of the right one; None: those of the left one."""

    rows: slice
    columns: slice | None


def tiles(left: int, right: int | None, size: int) -> Iterator[Tile]:
    """Tiles of at most ``size`` samples a side. Where both batches are one, those below the diagonal are left out."""
    for start in range(0, left, size):
        rows = slice(start, min(start + size, left))
        if right is None:
            yield Tile(rows, None)
            for other in range(start + size, left, size):
                yield Tile(rows, slice(other, min(other + size, left)))
        else:
            for other in range(0, right, size):
                yield Tile(rows, slice(other, min(other + size, right)))


def filled(batch: Batch, part: slice, size: int) -> dict[str, npt.NDArray[Any]]:
    """The samples in ``part``, and the last of them again up to ``size``, so that all tiles have one shape."""
    places = np.minimum(np.arange(part.start, part.start + size), part.stop - 1)
    return {name: array[places] for name, array in batch.items()}


def by_tiles(
    compute: Compute,
    outputs: Mapping[str, tuple[int, ...]],
    left: Batch,
    right: Batch | None,
    size: int,
    done: Callable[[int, int], None] = lambda _, __: None,
) -> dict[str, npt.NDArray[Any]]:
    """The kernels of ``compute`` in tiles of ``size`` samples a side; ``outputs`` has the shape of each output.

    ``done`` is called after each tile with the number of tiles so far and of all.
    """
    rows, columns = _count(left), None if right is None else _count(right)
    across = rows if columns is None else columns
    found = {
        pair(f, g): np.zeros((rows, across, *outputs[f], *outputs[g]))
        for f in outputs for g in outputs
    }  # fmt: skip
    every = list(tiles(rows, columns, size))
    for number, tile in enumerate(every, 1):
        one = filled(left, tile.rows, size)
        other = None if tile.columns is None else filled(left if right is None else right, tile.columns, size)
        made = compute(one, other)
        across_ = tile.rows if tile.columns is None else tile.columns
        high, wide = tile.rows.stop - tile.rows.start, across_.stop - across_.start
        for f in outputs:
            for g in outputs:
                part = np.asarray(made[pair(f, g)])[:high, :wide]
                found[pair(f, g)][tile.rows, across_] = part
                if right is None and tile.columns is not None:
                    found[pair(g, f)][across_, tile.rows] = mirrored(part, len(outputs[f]))
        done(number, len(every))
    return found


def mirrored(kernel: npt.NDArray[Any], axes: int) -> npt.NDArray[Any]:
    """A kernel [left, right, axes of f, axes of g], where f has so many ``axes``, as [right, left, of g, of f]."""
    ours, theirs = range(2, 2 + axes), range(2 + axes, kernel.ndim)
    return kernel.transpose((1, 0, *theirs, *ours))


def _count(batch: Batch) -> int:
    return len(next(iter(batch.values())))
