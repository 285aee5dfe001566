"""What matrices have in common that are drawn once, in a form that has fast products."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float

from tp.matrix_free.orthonormal import Array
from tp.matrix_free.source import Source
from tp.matrix_free.streams import of_key, source
from tp.namespace import namespace

T = TypeVar("T")
Sides = tuple[Float[Array, "0 rows"], Float[Array, "0 columns"]]
"""The numbers of rows and columns as the lengths of two empty arrays: JAX then knows them while it compiles."""


def sides_of(rows: int, columns: int, key: Any) -> Sides:
    xp = of_key(key)
    return xp.zeros((0, rows), np.int8), xp.zeros((0, columns), np.int8)


def drawn(key: Any, make: Callable[[Source], tuple[Array, ...]]) -> tuple[Array, ...]:
    """The arrays that ``make`` draws; for a tuple of streams those of all draws side by side, with an axis first."""
    if not isinstance(key, tuple):
        return make(source(key))
    return tuple(np.stack(arrays) for arrays in zip(*(make(source(one)) for one in key), strict=True))


def in_blocks(
    x: Float[Array, "*draws vectors ins"], block: int, product: Callable[[Any], Any]
) -> Float[Array, "*draws vectors outs"]:
    """The ``product`` with the rows of ``x``, with at most ``block`` at once."""
    made: Sequence[Any] = [product(x[..., at : at + block, :]) for at in range(0, x.shape[-2], block)]
    return made[0] if len(made) == 1 else namespace(x).concatenate(made, axis=-2)
