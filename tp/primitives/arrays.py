"""Arrays with named axes: bringing axes into another order, and sums of products over long axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tp.graph.axes import Type, names


def aligned(array: Any, source: Type, target: Type) -> Any:
    """``array`` with its axes in the order of ``target`` and size 1 where it has none."""
    have = names(source)
    order = [have.index(a.name) for a in target if a.name in have]
    array = array.transpose(order)
    shape = iter(array.shape)
    return array.reshape([next(shape) if a.name in have else 1 for a in target])


def subscripts(types: Sequence[Type], out: Type) -> str:
    """An einsum specification that matches axes by name."""
    letters: dict[str, str] = {}
    for axes in (*types, out):
        for axis in axes:
            letters.setdefault(axis.name, chr(ord("a") + len(letters)) if len(letters) < 26 else chr(39 + len(letters)))
    words = ["".join(letters[a.name] for a in axes) for axes in (*types, out)]
    return ",".join(words[:-1]) + "->" + words[-1]


CHUNK = 1 << 15
"""The number of entries of a wide axis that are multiplied at once."""


def long_einsum(specification: str, left: Any, right: Any) -> Any:
    """``jnp.einsum`` of two arrays that sums over the last axis of both, piece by piece.

    On a CPU one XLA matrix product is several times slower where the summed axis is much longer than the others.
    Adding up sums of pieces is also more precise.
    """
    import jax
    import jax.numpy as jnp

    size = left.shape[-1]
    if size < 2 * CHUNK:
        return jnp.einsum(specification, left, right, precision="highest")
    # Pieces of equal size where the size has such a divisor: otherwise XLA copies the array to cut the remainder off.
    count = next((c for c in range(size // CHUNK, 2 * (size // CHUNK)) if size % c == 0), size // CHUNK)
    chunk = size // count if size % count == 0 else CHUNK
    whole = count * chunk

    def piece(a: Any, start: Any) -> Any:
        return jax.lax.dynamic_slice_in_dim(a, start, chunk, axis=-1)

    def add(i: Any, total: Any) -> Any:
        return total + jnp.einsum(specification, piece(left, i * chunk), piece(right, i * chunk), precision="highest")

    rest = jnp.einsum(specification, left[..., whole:], right[..., whole:], precision="highest")
    return jax.lax.fori_loop(0, count, add, rest)
