"""Dropout by a key of the module's own."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

CODE = "TP902"
WORDS = ("select_n", "numbers that the module computes")


def make(n: int) -> tuple[Any, ...]:
    def init(key: Any) -> dict[str, Any]:
        a, b, c = jax.random.split(key, 3)
        return {
            "u": jax.random.normal(a, (n, 4)),
            "w": jax.random.normal(b, (n, n)),
            "v": jax.random.normal(c, (n,)),
        }

    def apply(p: Any, x: Any) -> Any:
        h = jnp.tanh(p["u"] @ x / 2)
        kept = jax.random.bernoulli(jax.random.key(0), 0.5, (n,))
        h = jnp.where(kept, 2 * h, 0)
        return p["v"] @ jnp.tanh(h) / n

    return init, apply, jnp.ones(4)
