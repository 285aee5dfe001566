"""Weight normalisation: rows of a wide matrix are divided by their norms."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp


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
        rows = p["w"] / jnp.linalg.norm(p["w"], axis=1, keepdims=True)
        h = rows @ h
        return p["v"] @ jnp.tanh(h) / n

    return init, apply, jnp.ones(4)
