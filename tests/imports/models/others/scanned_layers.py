"""Deep networks scan over stacked weights of their layers, and recompute them in the backward pass."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp


def make(n: int) -> tuple[Any, ...]:
    depth = 4

    def init(key: Any) -> dict[str, Any]:
        a, b, c = jax.random.split(key, 3)
        return {
            "embed": jax.random.normal(a, (7, n)) * 7**-0.5,
            "blocks": {
                "kernel": jax.random.normal(b, (depth, n, n)) * (2 / n) ** 0.5,
                "bias": jnp.zeros((depth, n)),
            },
            "head": jax.random.normal(c, (n, 2)) * n**-0.5,
        }

    def apply(params: Any, x: Any) -> Any:
        @jax.checkpoint
        def block(h: Any, layer: Any) -> tuple[Any, None]:
            return h + jax.nn.relu(h @ layer["kernel"] + layer["bias"]) / depth, None

        h, _ = jax.lax.scan(block, x @ params["embed"], params["blocks"])
        return h @ params["head"]

    return init, apply, jnp.ones((3, 7))
