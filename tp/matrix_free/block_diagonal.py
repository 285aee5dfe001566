"""Blocks along the diagonal, multiplied all at once.

Row i belongs to block i b/rows, rounded down, and columns likewise. Where b does not divide both, blocks differ by a
row or a column. They are kept with the size of the largest, filled up with zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from tp.matrix_free import fixed
from tp.matrix_free.fixed import Sides, drawn, sides_of
from tp.matrix_free.kind import Effort, Group, Kind
from tp.matrix_free.orthonormal import Array
from tp.matrix_free.streams import of_key
from tp.namespace import matmul
from tp.ndarray import NDArray


class BlockDiagonal(NamedTuple):
    """The blocks, one after the other along the diagonal."""

    blocks: Float[Array, "*draws count most_rows most_columns"]
    sides: Sides
    learns = False
    exchangeable = False
    answer = fixed.answer
    with_room = fixed.with_room

    def forward(self, x: Any) -> Any:
        return _product(x, self.blocks.swapaxes(-1, -2), self.sides[0].shape[-1])

    def backward(self, x: Any) -> Any:
        return _product(x, self.blocks, self.sides[1].shape[-1])


def _product(x: Any, blocks: Any, outs: int) -> Any:
    """Rows of ``x``, cut into the parts that belong to each block, times the blocks [count, most ins, most outs]."""
    count, most_ins, most_outs = blocks.shape[-3:]
    ins = x.shape[-1]
    if ins == count * most_ins:
        parts = x.reshape((*x.shape[:-1], count, most_ins))
    else:
        parts = x[..., np.minimum(starts(ins, count)[:, None] + np.arange(most_ins), ins - 1)]
    made = matmul(parts.swapaxes(-2, -3), blocks).swapaxes(-2, -3)
    made = made.reshape((*made.shape[:-2], count * most_outs))
    if outs == count * most_outs:
        return made
    own, place = places(outs, count)
    return made[..., own * most_outs + place]


def starts(size: int, count: int) -> NDArray[np.int64]:
    """The first of ``size`` rows or columns of each of ``count`` blocks."""
    return -(-np.arange(count) * size // count)


def places(size: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The block of each of ``size`` rows or columns, and its place there."""
    own = np.arange(size) * count // size
    return own, np.arange(size) - starts(size, count)[own]


def shape(rows: int, columns: int, size: float) -> tuple[int, int, int]:
    """The number of blocks, and the most rows and columns of one."""
    count = min(int(size), rows, columns)
    return count, -(-rows // count), -(-columns // count)


def begin(rows: int, columns: int, size: float, entries: Any, key: Any, dtype: Any) -> BlockDiagonal:
    xp, (count, *most) = of_key(key), shape(rows, columns, size)
    (blocks,) = drawn(key, lambda source: (entries(source, (count, *most)),))
    # What fills blocks up is zero, so that it adds nothing to products.
    for axis, (side, length) in enumerate(zip((rows, columns), most, strict=True)):
        if side != count * length:
            ends = np.append(starts(side, count)[1:], side) - starts(side, count)
            inside = np.expand_dims(np.arange(length) < ends[:, None], 2 - axis)
            blocks = xp.where(xp.asarray(inside), blocks, 0.0)
    return BlockDiagonal(xp.asarray(blocks, dtype), sides_of(rows, columns, key))


def effort(rows: int, columns: int, size: float, groups: Sequence[Group]) -> Effort:
    count, total = held(rows, columns, size), Effort(held(rows, columns, size))
    for k, _ in groups:
        total += Effort(0.0, count + 4.0 * k * (rows + columns), k * count, 1)
    return total


def held(rows: int, columns: int, size: float) -> int:
    count, most_rows, most_columns = shape(rows, columns, size)
    return count * most_rows * most_columns


KIND = Kind(begin, effort, held, code=0.3)
