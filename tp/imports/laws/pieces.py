"""Weights in parts: an entry is a function of random bits of its own, and the function differs between parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tp.imports.laws.drawing import Bits, Weight
from tp.imports.laws.expressions import Node
from tp.imports.laws.provenance import Provenance, blocks, provenance
from tp.imports.laws.quantiles import POINTS, fitted, grid, precision, width_of
from tp.imports.laws.seen import SINGLE, Piece, Seen
from tp.ndarray import NDArray

LEVELS = 16
"""At how many levels of bits functions are told apart."""
MOST, MOST_CONSTANTS = 16, 4
"""The largest number of parts, and of parts that are all constant."""


def in_pieces(weight: Weight, random: np.random.Generator) -> Seen | None:
    """What is seen of a weight whose entries have bits of their own. None where they have not."""
    found = provenance(weight, random)
    if found is None:
        return None
    levels = np.stack([weight(_level(one, k) for one in weight.sources).reshape(-1) for k in range(LEVELS)])
    # Sources of other widths are other draws, even where their functions agree at these levels.
    widths = np.array([width_of(one) for one in weight.sources])
    kinds = [*levels, np.where(found.source < 0, 0, widths[found.source])]
    # One number for each entry, equal where all of its values are.
    hashed = sum(share * row for share, row in zip(random.standard_normal(len(kinds)), kinds, strict=True))
    _, labels = np.unique(hashed, return_inverse=True)
    placed = blocks(labels.reshape(weight.node.shape).astype(np.int64))
    if placed is None or len(placed[1]) > MOST:
        return None
    axis, runs = placed
    flat = labels.reshape(-1)
    seen = {label: _law(weight, found, np.flatnonzero(flat == label)) for label in {run[2] for run in runs}}
    pieces = [Piece(start, stop, _shaped(seen[label], weight, axis, stop - start)) for start, stop, label in runs]
    return pieces[0].seen if len(pieces) == 1 else Seen(weight.node.shape, axis=axis, pieces=tuple(pieces))


def table(values: NDArray[np.float64]) -> Seen:
    """What is seen of a weight that does not depend on the key: constants in parts, or a table."""
    distinct, labels = np.unique(values, return_inverse=True)
    if len(distinct) == 1:
        return Seen(values.shape, value=float(distinct[0]), error=SINGLE)
    placed = blocks(labels.reshape(values.shape).astype(np.int64)) if len(distinct) <= MOST_CONSTANTS else None
    if placed is None or len(placed[1]) > MOST_CONSTANTS:
        return Seen(values.shape, table=values)
    axis, runs = placed
    shapes = [(*values.shape[:axis], stop - start, *values.shape[axis + 1 :]) for start, stop, _ in runs]
    parts = [
        Piece(start, stop, Seen(shape, value=float(distinct[label]), error=SINGLE))
        for (start, stop, label), shape in zip(runs, shapes, strict=True)
    ]
    return Seen(values.shape, axis=axis, pieces=tuple(parts))


def _level(source: Node, k: int) -> Bits:
    dtype = np.dtype(source.dtype)
    return np.full(source.shape, (2 * k + 1) * (int(np.iinfo(dtype).max) // (2 * LEVELS)), dtype)


def _law(weight: Weight, found: Provenance, entries: NDArray[np.int64]) -> Seen:
    """What is seen of ``entries`` with one function: its values at the grid, a part of which is put in each round."""
    number = int(found.source[entries[0]])
    if number < 0:
        value = float(weight([np.zeros(one.shape, one.dtype) for one in weight.sources]).reshape(-1)[entries[0]])
        return Seen((), value=value, error=SINGLE)
    width, values = width_of(weight.sources[number]), np.zeros(POINTS + 2)
    points = grid(width)
    for start in range(0, POINTS + 2, len(entries)):
        own = entries[: len(points) - start]
        bits: list[Bits] = [np.zeros(one.size, np.dtype(one.dtype)) for one in weight.sources]
        for entry, point in zip(own, points[start:], strict=False):
            bits[found.source[entry]][found.place[entry]] = point
        shaped = (array.reshape(one.shape) for array, one in zip(bits, weight.sources, strict=True))
        values[start : start + len(own)] = weight(shaped).reshape(-1)[own]
    return Seen((), tuple(fitted(values, precision(weight.node.dtype, width))))


def _shaped(seen: Seen, weight: Weight, axis: int, size: int) -> Seen:
    shape = weight.node.shape
    return replace(seen, shape=(*shape[:axis], size, *shape[axis + 1 :]))
