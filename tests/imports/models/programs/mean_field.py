"""programs/mean_field.tp in plain JAX, with the learning rate n."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import optax


def make(n: int) -> tuple[Any, ...]:
    def init(key: Any) -> dict[str, Any]:
        first, second = jax.random.split(key)
        return {"u": jax.random.normal(first, (n, 16)), "v": jax.random.normal(second, (n,))}

    def apply(params: Mapping[str, Any], x: Any) -> Any:
        return jnp.mean(params["v"] * jnp.tanh(params["u"] @ x / 4))

    return init, apply, jnp.ones(16), optax.sgd(n)


def weights(params: Mapping[str, Any]) -> dict[str, Any]:
    return {"U": params["u"], "v": params["v"]}
