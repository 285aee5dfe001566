"""A recurrent network whose weight multiplies the state and the input, one after the other."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp


def make(n: int) -> tuple[Any, Any, Any]:
    def init(key: Any) -> dict[str, Any]:
        first, second = jax.random.split(key)
        return {"w": jax.random.normal(first, (n, n + 5)) / n**0.5, "v": jax.random.normal(second, (n,)) / n**0.5}

    def apply(params: dict[str, Any], xs: Any) -> Any:
        h = jnp.zeros(n)
        for x in xs:
            h = jnp.tanh(params["w"] @ jnp.concatenate([h, x]))
        return h @ params["v"]

    return init, apply, jnp.linspace(-1.0, 1.0, 15).reshape(3, 5)
