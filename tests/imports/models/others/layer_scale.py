"""Residual blocks with a small learnt gain on every branch, and one learnt scalar for all of them, in Equinox."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array


class Block(eqx.Module):
    norm: eqx.nn.LayerNorm
    mlp: eqx.nn.MLP
    gain: Array

    def __init__(self, n: int, *, key: Array) -> None:
        self.norm = eqx.nn.LayerNorm(n, use_weight=False, use_bias=False)
        self.mlp = eqx.nn.MLP(n, n, width_size=2 * n, depth=1, activation=jax.nn.gelu, key=key)
        self.gain = jnp.full((n,), 1e-2)

    def __call__(self, x: Array) -> Array:
        return x + self.gain * self.mlp(self.norm(x))


class Net(eqx.Module):
    stem: eqx.nn.Linear
    blocks: list[Block]
    temperature: Array
    head: eqx.nn.Linear

    def __init__(self, n: int, *, key: Array) -> None:
        keys = jax.random.split(key, 4)
        self.stem = eqx.nn.Linear(6, n, key=keys[0])
        self.blocks = [Block(n, key=k) for k in keys[1:3]]
        self.temperature = jnp.array(0.5)
        self.head = eqx.nn.Linear(n, 3, key=keys[3])

    def __call__(self, x: Array) -> Array:
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.temperature * self.head(x)


def make(n: int, *, key: Any) -> tuple[Any, Any]:
    return Net(n, key=key), jnp.ones(6)
