"""Iterations of one layer: fori_loop in plain JAX, with a counter that enters the computation, and damping."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp


def make(n: int) -> tuple[Any, ...]:
    def init(key: Any) -> tuple[Any, Any, Any]:
        a, b, c = jax.random.split(key, 3)
        return jax.random.normal(a, (n, 4)) / 2, jax.random.normal(b, (n, n)), jax.random.normal(c, (n,))

    def apply(params: tuple[Any, Any, Any], x: Any) -> Any:
        u, w, v = params

        def step(i: Any, h: Any) -> Any:
            return (1 - 1 / (i + 2)) * h + jnp.tanh((w @ h + w.T @ h) / jnp.sqrt(8 * n) + u @ x) / (i + 2)

        h = jax.lax.fori_loop(0, 3, step, jnp.zeros(n))
        return jnp.vdot(v, h) / jnp.sqrt(n)

    return init, apply, jnp.ones(4)
