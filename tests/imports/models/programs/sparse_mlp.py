"""programs/beyond/sparse_mlp.tp in plain JAX: a share n^(-1/2) of the entries is not zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

PROGRAM = "beyond/sparse_mlp"


def make(n: int) -> tuple[Any, ...]:
    def init(key: Any) -> dict[str, Any]:
        u, w, mask, v = jax.random.split(key, 4)
        kept = jax.random.bernoulli(mask, n**-0.5, (n, n))
        return {
            "u": jax.random.normal(u, (n, 16)),
            "w": kept * jax.random.rademacher(w, (n, n), dtype=float) * n**-0.25,
            "v": jax.random.normal(v, (n,)),
        }

    def apply(params: Mapping[str, Any], x: Any) -> Any:
        h = jnp.tanh(params["u"] @ x / 16**0.5)
        return params["v"] @ jnp.tanh(params["w"] @ h) / n**0.5

    return init, apply, jnp.ones(16), None, {"": 1, "w": 1 / n}


def weights(params: Mapping[str, Any]) -> dict[str, Any]:
    return {"U": params["u"], "W[2]": params["w"], "v": params["v"]}
