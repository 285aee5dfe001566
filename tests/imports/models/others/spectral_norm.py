"""A wide matrix divided by its largest singular value, by steps of power iteration."""

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
        u = jnp.ones(n) / jnp.sqrt(n)
        for _ in range(2):
            v = p["w"].T @ u
            v = v / jnp.linalg.norm(v)
            u = p["w"] @ v
            u = u / jnp.linalg.norm(u)
        h = (p["w"] / (u @ p["w"] @ v)) @ h
        return p["v"] @ jnp.tanh(h) / n

    return init, apply, jnp.ones(4)
