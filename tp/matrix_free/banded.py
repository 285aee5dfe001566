"""A band around the diagonal, closed to a circle: products take one pass for each diagonal of the band.

Row i of a matrix [rows, columns] has k entries that are not zero, from column i columns/rows - (k - 1)/2 on, with both
quotients rounded down. Entry number o of every row makes a diagonal: for a square matrix a vector and a rotation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from tp.matrix_free import fixed
from tp.matrix_free.control import repeated
from tp.matrix_free.fixed import Sides, drawn, sides_of
from tp.matrix_free.kind import Effort, Group, Kind
from tp.matrix_free.orthonormal import Array
from tp.matrix_free.streams import of_key
from tp.namespace import is_numpy, namespace


class Banded(NamedTuple):
    """``band[o, i]`` is entry number o of row i."""

    band: Float[Array, "*draws width rows"]
    sides: Sides
    learns = False
    exchangeable = False
    answer = fixed.answer
    with_room = fixed.with_room

    def forward(self, x: Any) -> Any:
        def add(o: Any, total: Any) -> Any:
            return total + self._diagonal(o) * (xp.roll(x, half - o, -1) if square else x[..., (first + o) % columns])

        xp, (rows, columns), (first, half) = namespace(x), self._shape, self._first
        square = rows == columns
        return repeated(xp, 0, self.band.shape[-2], add, xp.zeros((*x.shape[:-1], rows), x.dtype))

    def backward(self, x: Any) -> Any:
        def add(o: Any, total: Any) -> Any:
            part = self._diagonal(o) * x
            if square:
                return total + xp.roll(part, o - half, -1)
            if not is_numpy(part):
                return total.at[..., (first + o) % columns].add(part)
            if rows > columns:  # Rows with one first column stand together, and there are some for every column.
                part, places = np.add.reduceat(part, starts, axis=-1), np.arange(columns) - half
            else:
                places = first
            total[..., (places + o) % columns] += part
            return total

        xp, (rows, columns), (first, half) = namespace(x), self._shape, self._first
        starts, square = -(-np.arange(columns) * rows // columns), rows == columns
        before = np.broadcast_shapes(x.shape[:-1], (*self.band.shape[:-2], 1))
        return repeated(xp, 0, self.band.shape[-2], add, xp.zeros((*before, columns), x.dtype))

    @property
    def _shape(self) -> tuple[int, int]:
        rows, columns = (side.shape[-1] for side in self.sides)
        return rows, columns

    @property
    def _first(self) -> tuple[Any, int]:
        """The first column of each row, and how far that lies before the diagonal of a square matrix."""
        (rows, columns), half = self._shape, (self.band.shape[-2] - 1) // 2
        return np.arange(rows) * columns // rows - half, half

    def _diagonal(self, o: Any) -> Any:
        """Entry number ``o`` of every row, for all vectors."""
        return self.band[..., o, :][..., None, :]


def begin(rows: int, columns: int, size: float, entries: Any, key: Any, dtype: Any) -> Banded:
    width = min(int(size), columns)
    (band,) = drawn(key, lambda source: (entries(source, (width, rows)),))
    return Banded(of_key(key).asarray(band, dtype), sides_of(rows, columns, key))


def effort(rows: int, columns: int, size: float, groups: Sequence[Group]) -> Effort:
    count, total = held(rows, columns, size), Effort(held(rows, columns, size))
    for k, _ in groups:
        total += Effort(0.0, 6.0 * k * count, 0.0, 1 + int(min(size, 800)) // 8)
    return total


def held(rows: int, columns: int, size: float) -> int:
    return min(int(size), columns) * rows


KIND = Kind(begin, effort, held, code=0.5)
