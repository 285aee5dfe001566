"""The matrix of zeros: the centred part of a weight whose entries are all the same number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from jaxtyping import Float

from tp.matrix_free.coordinates import Coordinates
from tp.matrix_free.kind import BLOCK, Effort, Group, Kind
from tp.matrix_free.orthonormal import Array
from tp.matrix_free.streams import of_key
from tp.namespace import namespace


class Zero(NamedTuple):
    """A matrix [rows, columns] of zeros. ``shape`` are two empty arrays of these lengths."""

    shape: tuple[Float[Array, "0 rows"], Float[Array, "0 columns"]]
    learns = False
    exchangeable = True

    def answer(
        self,
        x: Float[Array, "*draws vectors ins"],
        transposed: bool,
        keep: bool = True,
        block: int = BLOCK,
        shared: Coordinates | None = None,
    ) -> tuple[Float[Array, "*draws vectors outs"], Zero]:
        return namespace(x).zeros((*x.shape[:-1], self.shape[transposed].shape[-1]), x.dtype), self

    def with_room(self, forward: int, backward: int) -> Zero:
        return self


def begin(rows: int, columns: int, size: float, entries: Any, key: Any, dtype: Any) -> Zero:
    xp = of_key(key)
    return Zero((xp.zeros((0, rows), dtype), xp.zeros((0, columns), dtype)))


def effort(rows: int, columns: int, size: float, groups: Sequence[Group]) -> Effort:
    return Effort(touched=sum(k * (columns if transposed else rows) for k, transposed in groups))


KIND = Kind(begin, effort, code=0.0)
