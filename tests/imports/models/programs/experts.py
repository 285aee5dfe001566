"""programs/beyond/experts.tp in plain JAX: experts and units in each of them are powers of n."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

PROGRAM = "beyond/experts"
WIDTHS = (64, 256, 1024)


def make(n: int) -> tuple[Any, Any, Any]:
    root = math.isqrt(n)
    experts, units = 8 * root, root // 4

    def init(key: Any) -> dict[str, Any]:
        keys = jax.random.split(key, 5)
        return {
            "embed": jax.random.normal(keys[0], (n, 8)),
            "router": jax.random.normal(keys[1], (experts, n)) / 2,
            "hidden": jax.random.normal(keys[2], (experts, units, n)),
            "readout": jax.random.normal(keys[3], (experts, units)),
            "sign": jax.random.rademacher(keys[4], (experts,), dtype=float),
        }

    def apply(params: Mapping[str, Any], x: Any) -> Any:
        h = jnp.tanh(params["embed"] @ x / math.sqrt(x.shape[0]))
        gates = jax.nn.softmax(2 * (params["router"] @ h) / math.sqrt(n))
        hidden = jnp.tanh(jnp.einsum("eun,n->eu", params["hidden"], h) / math.sqrt(n))
        answers = params["sign"] * jnp.tanh(jnp.einsum("eu,eu->e", params["readout"], hidden) / math.sqrt(units))
        return 2 * math.sqrt(experts) * jnp.dot(gates, answers)

    return init, apply, jnp.ones(8)


def weights(params: Mapping[str, Any]) -> dict[str, Any]:
    names = {"U": "embed", "R": "router", "A": "hidden", "v": "readout", "w": "sign"}
    return {name: params[word] for name, word in names.items()}
