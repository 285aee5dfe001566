"""programs/deep_linear.tp in plain JAX: a batch of inputs, and a list of weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp


def make(n: int) -> tuple[Any, Any, Any]:
    sizes = [16, n, n, 1]

    def init(key: Any) -> list[Any]:
        keys = jax.random.split(key, len(sizes) - 1)
        return [jax.random.normal(k, (a, b)) for k, a, b in zip(keys, sizes, sizes[1:])]  # noqa: B905

    def apply(params: Sequence[Any], x: Any) -> Any:
        for w in params:
            x = x @ w / jnp.sqrt(w.shape[0])
        return x[:, 0]

    return init, apply, jnp.ones((7, 16))


def weights(params: Sequence[Any]) -> dict[str, Any]:
    u, w, v = params
    return {"U": u.T, "W": w.T, "v": v[:, 0]}
