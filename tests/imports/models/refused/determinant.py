"""The logarithm of a determinant of a wide matrix, which JAX computes by a stride of n + 1."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

CODE = "TP901"
WORDS = ("n + 1",)


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
        h = h + jnp.linalg.slogdet(p["w"] + n * jnp.eye(n))[1]
        return p["v"] @ jnp.tanh(h) / n

    return init, apply, jnp.ones(4)
