"""The matrix of zeros: the centred part of a weight whose entries are all the same number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tp.matrix_free import fixed
from tp.matrix_free.fixed import Sides, sides_of
from tp.matrix_free.kind import Effort, Group, Kind
from tp.namespace import namespace


class Zero(NamedTuple):
    """A matrix [rows, columns] of zeros."""

    sides: Sides
    learns = False
    exchangeable = True
    answer = fixed.answer
    with_room = fixed.with_room

    def forward(self, x: Any) -> Any:
        return namespace(x).zeros((*x.shape[:-1], self.sides[0].shape[-1]), x.dtype)

    def backward(self, x: Any) -> Any:
        return namespace(x).zeros((*x.shape[:-1], self.sides[1].shape[-1]), x.dtype)


def begin(rows: int, columns: int, size: float, entries: Any, key: Any, dtype: Any) -> Zero:
    return Zero(sides_of(rows, columns, key))


def effort(rows: int, columns: int, size: float, groups: Sequence[Group]) -> Effort:
    return Effort(touched=sum(k * (columns if transposed else rows) for k, transposed in groups))


KIND = Kind(begin, effort, code=0.0)
