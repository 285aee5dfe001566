"""A transformer in Equinox on tokens: embedding, RMS norm, rotary positions of Equinox, attention with a mask."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array


class Layer(eqx.Module):
    norm: eqx.nn.RMSNorm
    attention: eqx.nn.MultiheadAttention
    rotary: eqx.nn.RotaryPositionalEmbedding
    feed: eqx.nn.MLP

    def __init__(self, n: int, *, key: Array) -> None:
        a, b = jax.random.split(key)
        self.norm = eqx.nn.RMSNorm(n)
        self.attention = eqx.nn.MultiheadAttention(n // 8, n, key=a)
        self.rotary = eqx.nn.RotaryPositionalEmbedding(8)
        self.feed = eqx.nn.MLP(n, n, 4 * n, 1, jax.nn.gelu, key=b)

    def __call__(self, x: Array, mask: Array) -> Array:
        def heads(q: Array, k: Array, v: Array) -> tuple[Array, Array, Array]:
            turn = jax.vmap(self.rotary, in_axes=1, out_axes=1)
            return turn(q), turn(k), v

        h = jax.vmap(self.norm)(x)
        x = x + self.attention(h, h, h, mask=mask, process_heads=heads)
        return x + jax.vmap(self.feed)(x)


class Transformer(eqx.Module):
    embedding: eqx.nn.Embedding
    layers: tuple[Layer, ...]
    head: eqx.nn.Linear

    def __call__(self, tokens: Array) -> Array:
        x = jax.vmap(self.embedding)(tokens)
        mask = jnp.tril(jnp.ones((tokens.size, tokens.size), bool))
        for layer in self.layers:
            x = layer(x, mask)
        return jax.vmap(self.head)(x)


def make(n: int, key: Any = None) -> tuple[Any, Any]:
    a, b, c, d = jax.random.split(jax.random.key(0) if key is None else key, 4)
    layers = (Layer(n, key=b), Layer(n, key=c))
    return Transformer(eqx.nn.Embedding(8, n, key=a), layers, eqx.nn.Linear(n, 8, key=d)), jnp.array([1, 5, 2, 7])
