"""The two sides of a weight: an array [...draws, ...outs, ...ins] of a weight as matrices [...draws, out, in].

A vector is a matrix with one column, and a scalar one with one entry.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple


class Sides(NamedTuple):
    """How many axes the output side and the input side of a weight have."""

    outs: int
    ins: int

    def leading(self, array: Any) -> tuple[int, ...]:
        """The sizes of the axes of draws, which come before those of the weight."""
        return array.shape[: array.ndim - self.outs - self.ins]

    def matrix(self, array: Any) -> Any:
        """``array`` as [...draws, out, in]; the updates of a weight go back by ``reshape(array.shape)``."""
        columns = prod(array.shape[array.ndim - self.ins :])
        rows = prod(array.shape[array.ndim - self.outs - self.ins : array.ndim - self.ins])
        return array.reshape((*self.leading(array), rows, columns))

    def squared(self, array: Any) -> Any:
        """The sum of the squares of all entries of the weight, [...draws]."""
        return (array**2).sum(tuple(range(array.ndim - self.outs - self.ins, array.ndim)))


def usual(array: Any) -> Sides:
    """The sides of a weight of which nothing is known: the first axis is the output, all others are the input."""
    return Sides(min(array.ndim, 1), max(array.ndim - 1, 0))


def times(array: Any, factor: Any) -> Any:
    """``array`` [...draws, ...] times a ``factor`` [...draws] or (), in the precision of the array."""
    if not hasattr(factor, "astype"):
        return factor * array
    return array * factor.astype(array.dtype).reshape((*factor.shape, *(1,) * (array.ndim - factor.ndim)))
