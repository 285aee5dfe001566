"""Orthogonal weights: W'W = gain^2 to rounding, and uniformly distributed among such matrices as far as tests tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod, sqrt

import numpy as np

from tp.imports.laws.quantiles import Fit
from tp.imports.laws.seen import Seen
from tp.ndarray import NDArray

DRAWS = range(1, 25)
"""How many weights are drawn: fewer of large ones."""
ENTRIES = 2**16
"""About how many entries all draws have together."""
PARTS = range(2, 17)
"""Into how many parts rows are divided to see whether parts are orthogonal by themselves."""
LIMIT = 5.5
"""Beyond so many deviations a statistic is not that of the uniform law. There are four: errors are rarer than 1e-6."""

Array = NDArray[np.float64]
Sides = tuple[tuple[int, ...], tuple[int, ...]]


def orthogonal(draw: Callable[[], Array], rounding: float) -> Seen | None:
    """What is seen of a weight that ``draw`` draws. None where it is not orthogonal, or not uniformly distributed."""
    first = draw()
    for sides in _splits(first.ndim):
        gain = _gain(first, sides, rounding)
        if gain:
            count = min(max(ENTRIES // first.size, DRAWS.start), DRAWS.stop - 1)
            draws = [first, *(draw() for _ in range(count - 1))]
            if any(abs(_gain(one, sides, rounding) - gain) > 1e-3 * gain for one in draws):
                return None
            matrices = np.concatenate([_matrices(one, sides) for one in draws]) / gain
            if not _uniform(matrices) or _composed(matrices[0], rounding):
                return None
            return Seen(first.shape, (Fit("orthogonal", 0.0, gain, (), 8.0 * rounding),), sides=sides)
    return None


def _splits(axes: int) -> Iterator[Sides]:
    """Ways to make matrices of an array, those first that have one matrix for each index of most axes."""
    for free in reversed(range(axes - 1)):
        for split in range(axes - 1, free, -1):
            yield tuple(range(free, split)), tuple(range(split, axes))


def _matrices(array: Array, sides: Sides) -> Array:
    """[matrices, rows, columns] with at least as many rows as columns."""
    rows, columns = (prod(array.shape[axis] for axis in side) for side in sides)
    found = array.reshape(-1, rows, columns)
    return found if rows >= columns else found.swapaxes(1, 2)


def _gain(array: Array, sides: Sides, rounding: float) -> float:
    """The gain; 0 where the array is not orthogonal."""
    matrices = _matrices(array, sides)
    if min(matrices.shape[1:]) < 2:
        return 0.0
    grams = matrices.swapaxes(1, 2) @ matrices
    square = float(np.trace(grams, axis1=1, axis2=2).mean() / grams.shape[1])
    off = np.abs(grams - square * np.eye(grams.shape[1])).max()
    return sqrt(square) if off <= 64.0 * rounding * square * sqrt(matrices.shape[1]) and square > 0 else 0.0


def _composed(matrix: Array, rounding: float) -> bool:
    """Whether a matrix [rows, columns] is made of orthogonal ones, one below the other."""
    rows, columns = matrix.shape
    if rows == columns:
        return False
    parts = [matrix[: rows // count] for count in PARTS if rows % count == 0 and rows // count > 1]
    return any(_gain(part, ((0,), (1,)), rounding) > 0 for part in parts)


def _uniform(matrices: Array) -> bool:
    """Whether traces, sums and fourth powers of entries are those of Haar's law."""
    count, rows, columns = matrices.shape
    traces = np.trace(matrices, axis1=1, axis2=2) * sqrt(rows / columns)
    sums = matrices.sum((1, 2)) / sqrt(columns)
    squares = (np.diagonal(matrices, axis1=1, axis2=2) ** 2).sum(1) * rows / columns
    # Each is a mean of independent numbers, of mean 0 and variance 1; of mean 1 and variance at most 2/columns.
    if max(abs(float(traces.mean())), abs(float(sums.mean()))) * sqrt(count) > LIMIT:
        return False
    if abs(float(squares.mean()) - 1.0) > LIMIT * sqrt(2.0 / (columns * count)):
        return False
    fourth = float((matrices**4).mean()) * rows**2
    expected = 3.0 * rows / (rows + 2.0)
    return abs(fourth - expected) <= LIMIT * sqrt(96.0 / (rows * columns * count))
