"""Kernels between large batches in tiles, so that the values of a program at all inputs are never in memory at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from tp.ndarray import NDArray
from tp.quantities.batches import Batch, count
from tp.quantities.kernels import pair

Compute = Callable[[Batch, Batch | None], Mapping[str, NDArray[Any]]]
"""From two batches, or one that is both, to kernels [left, right, axes of f, axes of g] by pair of outputs."""
Rows = Callable[[Batch], Mapping[str, NDArray[Any]]]
"""From a batch to arrays [samples, ...] by name."""


class Tile(NamedTuple):
    """The samples ``rows`` of the left batch and ``columns`` of the right one; None: those of the left one."""

    rows: slice
    columns: slice | None


def parts(every: int, size: int, first: int = 0) -> Iterator[slice]:
    """The samples from ``first`` to ``every``, at most ``size`` at a time."""
    for start in range(first, every, size):
        yield slice(start, min(start + size, every))


def tiles(left: int, right: int | None, size: tuple[int, int]) -> Iterator[Tile]:
    """Tiles of at most ``size`` samples. Where both batches are one, those below the diagonal are left out."""
    for rows in parts(left, size[0]):
        if right is None:
            yield Tile(rows, None)
            yield from (Tile(rows, columns) for columns in parts(left, size[1], rows.stop))
        else:
            yield from (Tile(rows, columns) for columns in parts(right, size[1]))


def filled(batch: Batch, part: slice, size: int) -> Batch:
    """The samples in ``part``, and the last of them again up to ``size``, so that all tiles have one shape."""
    places = np.minimum(np.arange(part.start, part.start + size), part.stop - 1)
    return {name: array[places] for name, array in batch.items()}


def by_rows(compute: Rows, batch: Batch, size: int) -> dict[str, NDArray[Any]]:
    """Arrays [samples, ...] by name, for ``size`` samples at a time."""
    every = count(batch)
    found = [
        {
            name: np.asarray(value)[: rows.stop - rows.start]
            for name, value in compute(filled(batch, rows, size)).items()
        }
        for rows in parts(every, size)
    ]
    return {name: np.concatenate([one[name] for one in found]) for name in found[0]}


def by_tiles(
    compute: Compute,
    outputs: Mapping[str, tuple[int, ...]],
    left: Batch,
    right: Batch | None,
    size: tuple[int, int],
    done: Callable[[int, int], None] = lambda _, __: None,
) -> dict[str, NDArray[Any]]:
    """The kernels of ``compute`` in tiles of ``size`` samples; ``outputs`` has the shape of each output.

    Where both batches are one, tiles are square. ``done`` is called before each tile with the number of tiles so far
    and of all.
    """
    rows, columns = count(left), None if right is None else count(right)
    across = rows if columns is None else columns
    shapes = {pair(f, g): (rows, across, *outputs[f], *outputs[g]) for f in outputs for g in outputs}
    found = {name: np.zeros(shape) for name, shape in shapes.items()}
    every = list(tiles(rows, columns, size))
    for number, tile in enumerate(every):
        done(number, len(every))
        one = filled(left, tile.rows, size[0])
        other = None if tile.columns is None else filled(left if right is None else right, tile.columns, size[1])
        made = compute(one, other)
        place = tile.rows if tile.columns is None else tile.columns
        for f in outputs:
            for g in outputs:
                part = np.asarray(made[pair(f, g)])[: tile.rows.stop - tile.rows.start, : place.stop - place.start]
                found[pair(f, g)][tile.rows, place] = part
                if right is None and tile.columns is not None:
                    found[pair(g, f)][place, tile.rows] = mirrored(part, len(outputs[f]))
    return found


def mirrored(kernel: NDArray[Any], axes: int) -> NDArray[Any]:
    """A kernel [left, right, axes of f, axes of g], where f has so many ``axes``, as [right, left, of g, of f]."""
    ours, theirs = range(2, 2 + axes), range(2 + axes, kernel.ndim)
    return kernel.transpose((1, 0, *theirs, *ours))
