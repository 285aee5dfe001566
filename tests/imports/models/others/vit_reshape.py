"""A vision transformer in Equinox: patches by reshape and transpose, attention by Equinox."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

PATCH = 2


class Block(eqx.Module):
    attention: eqx.nn.MultiheadAttention
    norm1: eqx.nn.LayerNorm
    norm2: eqx.nn.LayerNorm
    up: eqx.nn.Linear
    down: eqx.nn.Linear

    def __init__(self, n: int, heads: int, key: Array) -> None:
        a, b, c = jax.random.split(key, 3)
        self.attention = eqx.nn.MultiheadAttention(heads, n, key=a)
        self.norm1, self.norm2 = eqx.nn.LayerNorm(n), eqx.nn.LayerNorm(n)
        self.up, self.down = eqx.nn.Linear(n, 2 * n, key=b), eqx.nn.Linear(2 * n, n, key=c)

    def __call__(self, x: Array) -> Array:
        y = jax.vmap(self.norm1)(x)
        x = x + self.attention(y, y, y)
        y = jax.vmap(self.norm2)(x)
        return x + jax.vmap(lambda token: self.down(jax.nn.gelu(self.up(token))))(y)


class ViT(eqx.Module):
    embed: eqx.nn.Linear
    positions: Array
    cls: Array
    blocks: list[Block]
    head: eqx.nn.Linear

    def __init__(self, n: int, heads: int, *, key: Array) -> None:
        keys = jax.random.split(key, 6)
        self.embed = eqx.nn.Linear(3 * PATCH * PATCH, n, key=keys[0])
        self.positions = 0.1 * jax.random.normal(keys[1], (10, n))
        self.cls = jax.random.normal(keys[2], (1, n))
        self.blocks = [Block(n, heads, k) for k in keys[3:5]]
        self.head = eqx.nn.Linear(n, 4, key=keys[5])

    def __call__(self, image: Array) -> Array:
        """image: [3, 6, 6]"""
        c, h, w = image.shape
        patches = image.reshape(c, h // PATCH, PATCH, w // PATCH, PATCH).transpose(1, 3, 0, 2, 4)
        x = jax.vmap(self.embed)(patches.reshape(-1, c * PATCH * PATCH))
        x = jnp.concatenate([self.cls, x], axis=0) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.head(x[0])


def make(n: int, key: Any = None) -> tuple[Any, Any]:
    key = jax.random.key(0) if key is None else key
    return ViT(n, n // 8, key=key), jnp.ones((3, 6, 6))
