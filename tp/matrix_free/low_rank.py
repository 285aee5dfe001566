"""A product of two thin matrices, A B'/sqrt(r), kept as its factors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from jaxtyping import Float

from tp.matrix_free.coordinates import Coordinates
from tp.matrix_free.fixed import drawn, in_blocks
from tp.matrix_free.kind import BLOCK, Effort, Group, Kind
from tp.matrix_free.orthonormal import Array
from tp.matrix_free.source import Source
from tp.matrix_free.streams import of_key
from tp.namespace import matmul


class LowRank(NamedTuple):
    """A B'/sqrt(r) with factors A and B whose entries have variance 1."""

    left: Float[Array, "*draws rows rank"]
    right: Float[Array, "*draws columns rank"]
    learns = False
    exchangeable = True

    def answer(
        self,
        x: Float[Array, "*draws vectors ins"],
        transposed: bool,
        keep: bool = True,
        block: int = BLOCK,
        shared: Coordinates | None = None,
    ) -> tuple[Float[Array, "*draws vectors outs"], LowRank]:
        return in_blocks(x, block, self._transposed if transposed else self._forward), self

    def with_room(self, forward: int, backward: int) -> LowRank:
        return self

    def _forward(self, x: Any) -> Any:
        return _product(x, self.right, self.left)

    def _transposed(self, x: Any) -> Any:
        return _product(x, self.left, self.right)


def _product(x: Any, first: Any, second: Any) -> Any:
    return matmul(matmul(x, first), second.swapaxes(-1, -2)) * first.shape[-1] ** -0.5


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
