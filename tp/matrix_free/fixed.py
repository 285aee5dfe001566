"""What matrices have in common that are drawn once, in a form that has fast products."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from jaxtyping import Float, Int

from tp.matrix_free.coordinates import Coordinates
from tp.matrix_free.kind import BLOCK
from tp.matrix_free.orthonormal import Array
from tp.matrix_free.source import Source
from tp.matrix_free.streams import of_key, source
from tp.namespace import namespace

Sides = tuple[Int[Array, "0 rows"], Int[Array, "0 columns"]]
"""The numbers of rows and columns as the lengths of two empty arrays: JAX then knows them while it compiles."""


def sides_of(rows: int, columns: int, key: Any) -> Sides:
    xp = of_key(key)
    return xp.zeros((0, rows), np.int8), xp.zeros((0, columns), np.int8)


def drawn(key: Any, make: Callable[[Source], tuple[Array, ...]]) -> tuple[Array, ...]:
    """The arrays that ``make`` draws; for a tuple of streams those of all draws side by side, with an axis first."""
    if not isinstance(key, tuple):
        return make(source(key))
    return tuple(np.stack(arrays) for arrays in zip(*(make(source(one)) for one in key), strict=True))


class Fixed(Protocol):
    """Products with the rows of an array, by a matrix that does not change."""

    def forward(self, x: Any) -> Any:
        """W x for every row of ``x``."""
        ...

    def backward(self, x: Any) -> Any:
        """W' x for every row of ``x``."""
        ...


F = TypeVar("F", bound=Fixed)


def answer(
    self: F,
    x: Float[Array, "*draws vectors ins"],
    transposed: bool,
    keep: bool = True,
    block: int = BLOCK,
    shared: Coordinates | None = None,
) -> tuple[Float[Array, "*draws vectors outs"], F]:
    """The method ``answer`` of a matrix-free matrix, with at most ``block`` products at once."""
    product = self.backward if transposed else self.forward
    made: Sequence[Any] = [product(x[..., at : at + block, :]) for at in range(0, x.shape[-2], block)]
    return (made[0] if len(made) == 1 else namespace(x).concatenate(made, axis=-2)), self


def with_room(self: F, forward: int, backward: int) -> F:
    """The method ``with_room``: nothing is kept of products, so there is room for any number."""
    return self
