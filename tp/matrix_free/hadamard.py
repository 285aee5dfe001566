"""Rows and columns of a Walsh-Hadamard matrix, in random order and with random signs, by the fast transform.

The matrix of P = 2^p rows has the entries (-1)^(number of common bits of i and j). It is a Kronecker product of small
ones, and a product with it multiplies with these in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from tp.matrix_free import fixed
from tp.matrix_free.fixed import drawn
from tp.matrix_free.kind import Effort, Group, Kind
from tp.matrix_free.orthonormal import Array
from tp.matrix_free.source import Source
from tp.matrix_free.streams import of_key
from tp.namespace import is_numpy, matmul, namespace


class Hadamard(NamedTuple):
    """D1 H D2 with its signs: row i is row ``row_places[i]`` of the whole matrix, and columns likewise."""

    row_signs: Float[Array, "*draws rows"]
    column_signs: Float[Array, "*draws columns"]
    row_places: Int[Array, "*draws rows"]
    column_places: Int[Array, "*draws columns"]
    learns = False
    exchangeable = True
    answer = fixed.answer
    with_room = fixed.with_room

    def forward(self, x: Any) -> Any:
        return self._product(x, self.column_signs, self.column_places, self.row_signs, self.row_places)

    def backward(self, x: Any) -> Any:
        return self._product(x, self.row_signs, self.row_places, self.column_signs, self.column_places)

    def _product(self, x: Any, signs: Any, places: Any, own_signs: Any, own_places: Any) -> Any:
        xp = namespace(x)
        signed = x * signs[..., None, :]
        size = length(self.row_signs.shape[-1], self.column_signs.shape[-1])
        whole = xp.zeros((*signed.shape[:-1], size), x.dtype)
        if not is_numpy(x):
            whole = whole.at[..., places].set(signed)
        else:
            np.put_along_axis(whole, np.broadcast_to(places[..., None, :], signed.shape), signed, -1)
        made = transformed(whole)
        if places.ndim == 1:
            return made[..., own_places] * own_signs
        return np.take_along_axis(made, own_places[..., None, :], -1) * own_signs[..., None, :]


def transformed(x: Float[Array, "*batch size"]) -> Float[Array, "*batch size"]:
    """The rows of ``x``, whose length is a power of two, times the Walsh-Hadamard matrix."""
    shape, after = x.shape, 1
    while after < shape[-1]:
        radix = min(_RADIX, shape[-1] // after)
        small = namespace(x).asarray(signs(np.arange(radix)[:, None], np.arange(radix)), x.dtype)
        rows = x.reshape((-1, radix, after))
        x = matmul(rows[..., 0], small) if after == 1 else matmul(small, rows)
        after *= radix
    return x.reshape(shape)


def signs(i: Any, j: Any) -> Any:
    """The entries (i, j) of the Walsh-Hadamard matrix: -1 where i and j have an odd number of common bits, else 1."""
    common = i & j
    for shift in (16, 8, 4, 2, 1):
        common = common ^ (common >> shift)
    return 1 - 2 * (common & 1)


_RADIX = 32
"""The most rows of a small matrix: a product with it takes about as long as reading the numbers."""


def length(rows: int, columns: int) -> int:
    """The next power of two of the larger side."""
    return 1 << (max(rows, columns) - 1).bit_length()


def parts(source: Source, rows: int, columns: int) -> tuple[Array, Array, Array, Array]:
    """Random signs of rows and of columns, and their places."""
    chances, orders = (half.split() for half in source.split())
    one, other = (half.sign((side,)) for half, side in zip(chances, (rows, columns), strict=True))
    whole = length(rows, columns)
    i, j = (half.permutation(whole)[:side] for half, side in zip(orders, (rows, columns), strict=True))
    return one, other, i, j


def begin(rows: int, columns: int, size: float, entries: Any, key: Any, dtype: Any) -> Hadamard:
    xp = of_key(key)
    one, other, i, j = drawn(key, lambda source: parts(source, rows, columns))
    return Hadamard(xp.asarray(one, dtype), xp.asarray(other, dtype), i, j)


def effort(rows: int, columns: int, size: float, groups: Sequence[Group]) -> Effort:
    whole = length(rows, columns)
    passes = max(1, -(-(whole.bit_length() - 1) // (_RADIX.bit_length() - 1)))
    total = Effort(4.0 * whole)
    for k, _ in groups:
        total += Effort(0.0, k * whole * (16.0 + 8.0 * passes), k * whole * passes * _RADIX, 1)
    return total


def held(rows: int, columns: int, size: float) -> int:
    return 3 * (rows + columns)


KIND = Kind(begin, effort, held, code=0.4)
