"""programs/beyond/token_attention.tp in plain JAX: the tokens are many, the features few. Positions are frozen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

PROGRAM = "beyond/token_attention"
D = FEATURES = 8


def make(n: int) -> tuple[Any, ...]:
    shapes = {"p": (n // 8, D), "s": (n // 8, D), "q": (FEATURES, D), "k": (FEATURES, D), "v": (FEATURES, D)}

    def init(key: Any) -> dict[str, Any]:
        keys = jax.random.split(key, 6)
        params = {name: jax.random.normal(k, shape) for k, (name, shape) in zip(keys, shapes.items(), strict=False)}
        return {**params, "readout": jax.random.normal(keys[5], (FEATURES,))}

    def apply(params: Mapping[str, Any], x: Any) -> Any:
        q = (x + params["p"]) @ params["q"].T
        k = (x + params["s"]) @ params["k"].T
        v = (x + params["s"]) @ params["v"].T / D**0.5
        attention = jax.nn.softmax(q @ k.T / (D * FEATURES**0.5), axis=1)
        return jnp.tanh(attention @ v).mean(axis=0) @ params["readout"] / FEATURES**0.5

    return init, apply, jnp.ones(D), None, {"": 1, "p": 0, "s": 0}


def weights(params: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name.upper(): params[name] for name in "psqkv"}, "v": params["readout"]}
