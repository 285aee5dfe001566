"""An autoencoder whose decoder is the transposed encoder."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp


def make(n: int) -> tuple[Any, ...]:
    def init(key: Any) -> dict[str, Any]:
        a, b = jax.random.split(key)
        return {
            "W1": jax.random.normal(a, (12, n)) / jnp.sqrt(12),
            "W2": jax.random.normal(b, (n, n)) / jnp.sqrt(n),
            "b": jnp.zeros(n),
            "c": jnp.zeros(12),
        }

    def apply(params: Any, x: Any) -> Any:
        h = jnp.tanh(x @ params["W1"] + params["b"])
        h = jnp.tanh(h @ params["W2"])
        h = jnp.tanh(h @ params["W2"].T)
        return h @ params["W1"].T / jnp.sqrt(n / 12) + params["c"]

    return init, apply, jnp.ones((3, 12))
