"""programs/attention.tp in Equinox: functions of one token, mapped over tokens."""

from __future__ import annotations

import math
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array


class Attention(eqx.Module):
    embed: Array
    query: Array
    key: Array
    value: Array
    readout: Array

    def __init__(self, d: int, n: int, *, key: Array) -> None:
        keys = jax.random.split(key, 5)
        self.embed = jax.random.normal(keys[0], (n, d))
        self.query = jax.random.normal(keys[1], (n, n))
        self.key = jax.random.normal(keys[2], (n, n))
        self.value = jax.random.normal(keys[3], (n, n))
        self.readout = jax.random.normal(keys[4], (n,))

    def __call__(self, x: Array) -> Array:
        n, d = self.embed.shape
        e = jax.vmap(lambda token: jnp.tanh(self.embed @ token / math.sqrt(d)))(x)
        q, k, v = (jax.vmap(lambda token, w=w: w @ token / math.sqrt(n))(e) for w in (self.query, self.key, self.value))
        attended = jax.nn.softmax(q @ k.T / n, axis=-1) @ v
        return self.readout @ jnp.tanh(attended).mean(0) / math.sqrt(n)


def make(n: int) -> tuple[Any, Any]:
    return Attention(8, n, key=jax.random.key(0)), jnp.ones((8, 8))


def weights(params: Any) -> dict[str, Any]:
    return {"E": params.embed, "Q": params.query, "K": params.key, "V": params.value, "v": params.readout}
