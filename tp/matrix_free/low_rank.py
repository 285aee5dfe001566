"""A product of two thin matrices, A B'/sqrt(r), kept as its factors.

Factors with normal entries need not be arrays where the rank is large: they are matrix-free themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from jaxtyping import Float

from tp.matrix_free import fixed, gaussian
from tp.matrix_free.coordinates import Coordinates
from tp.matrix_free.fixed import drawn
from tp.matrix_free.gaussian import Gaussian, unknown
from tp.matrix_free.kind import BLOCK, Effort, Group, Kind
from tp.matrix_free.orthonormal import Array
from tp.matrix_free.source import Source
from tp.matrix_free.streams import fold, of_key
from tp.namespace import matmul


class LowRank(NamedTuple):
    """A B'/sqrt(r) with factors A and B whose entries have variance 1."""

    left: Float[Array, "*draws rows rank"]
    right: Float[Array, "*draws columns rank"]
    learns = False
    exchangeable = True
    answer = fixed.answer
    with_room = fixed.with_room

    def forward(self, x: Any) -> Any:
        return _product(x, self.right, self.left)

    def backward(self, x: Any) -> Any:
        return _product(x, self.left, self.right)


def _product(x: Any, first: Any, second: Any) -> Any:
    return matmul(matmul(x, first), second.swapaxes(-1, -2)) * first.shape[-1] ** -0.5


class OfGaussians(NamedTuple):
    """A B'/sqrt(r) with normal factors A [rows, r] and B [columns, r], which are known through their products alone."""

    left: Gaussian
    right: Gaussian
    learns = True
    exchangeable = True

    def answer(
        self,
        x: Float[Array, "*draws vectors ins"],
        transposed: bool,
        keep: bool = True,
        block: int = BLOCK,
        shared: Coordinates | None = None,
    ) -> tuple[Float[Array, "*draws vectors outs"], OfGaussians]:
        first, second = (self.left, self.right) if transposed else (self.right, self.left)
        inner, first = first.answer(x, True, keep, block, shared)
        made, second = second.answer(inner * inner.shape[-1] ** -0.5, False, keep, block)
        return made, OfGaussians(first, second) if transposed else OfGaussians(second, first)

    def with_room(self, forward: int, backward: int) -> OfGaussians:
        return OfGaussians(self.left.with_room(forward, backward), self.right.with_room(backward, forward))


def factors(source: Source, rows: int, columns: int, rank: int, entries: Any) -> tuple[Array, Array]:
    left, right = source.split()
    return entries(left, (rows, rank)), entries(right, (columns, rank))


def begin(rows: int, columns: int, size: float, entries: Any, key: Any, dtype: Any) -> LowRank:
    xp, rank = of_key(key), int(size)
    return LowRank(*(xp.asarray(a, dtype) for a in drawn(key, lambda s: factors(s, rows, columns, rank, entries))))


def effort(rows: int, columns: int, size: float, groups: Sequence[Group]) -> Effort:
    count, total = held(rows, columns, size), Effort(held(rows, columns, size))
    for k, _ in groups:
        total += Effort(0.0, count + k * (rows + columns + 2 * size), k * count, 1)
    return total


def held(rows: int, columns: int, size: float) -> int:
    return (rows + columns) * int(size)


KIND = Kind(begin, effort, held, code=0.2)


LARGE = 256
"""From this rank on normal factors are matrix-free."""


def begin_normal(rows: int, columns: int, size: float, entries: Any, key: Any, dtype: Any) -> LowRank | OfGaussians:
    if size < LARGE:
        return begin(rows, columns, size, entries, key, dtype)
    return OfGaussians(*(unknown(side, int(size), fold(key, k), dtype) for k, side in enumerate((rows, columns))))


def effort_normal(rows: int, columns: int, size: float, groups: Sequence[Group]) -> Effort:
    if size < LARGE:
        return effort(rows, columns, size, groups)
    # The right factor is asked for its transposed products first.
    return gaussian.effort(rows, int(size), 0, groups) + gaussian.effort(
        columns, int(size), 0, [(k, not transposed) for k, transposed in groups]
    )


def held_normal(rows: int, columns: int, size: float) -> int:
    return held(rows, columns, size) if size < LARGE else 0


def remembered(rows: int, columns: int, size: float) -> int:
    """Each factor keeps its answer, and the vector that it was asked about."""
    return rows + columns + 2 * int(size)


NORMAL = Kind(begin_normal, effort_normal, held_normal, remembered, code=2.0)
