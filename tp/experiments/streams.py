"""Many draws in one call of a compiled program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

SEEDS = 64
"""Draws of one call: a loop inside it finds its memory already there."""


def several(one: Callable[..., dict[str, Any]], lanes: int) -> Callable[..., dict[str, Any]]:
    """A function (first, count, data) of draws number first, first + 1, ...: arrays [:data:`SEEDS`, ...] by name.

    Only the first ``count`` (at most :data:`SEEDS`) are sensible. ``lanes`` draws are made side by side, the rest one
    after another.
    """
    import jax
    import jax.numpy as jnp

    def all_of_them(start: Any, count: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        def step(i: Any, out: dict[str, Any]) -> dict[str, Any]:
            numbers = start + (i * lanes + jnp.arange(lanes)).astype(jnp.uint32)
            if lanes == 1:
                found = {name: value[None] for name, value in one(numbers[0], data).items()}
            else:
                found = jax.vmap(one, (0, None))(numbers, data)
            return {
                name: jax.lax.dynamic_update_slice_in_dim(out[name], value, i * lanes, 0)
                for name, value in found.items()
            }

        shapes = jax.eval_shape(one, start, data)
        empty = {name: jnp.zeros((SEEDS, *shape.shape), shape.dtype) for name, shape in shapes.items()}
        return jax.lax.fori_loop(0, (count + lanes - 1) // lanes, step, empty)

    return all_of_them
