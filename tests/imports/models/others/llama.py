"""A block like Llama's: RMS norm, rotary positions by halves, SwiGLU, no biases."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


def rotate_half(x: Any) -> Any:
    half = x.shape[-1] // 2
    return jnp.concatenate((-x[..., half:], x[..., :half]), axis=-1)


def rotary(x: Any, base: float = 10000.0) -> Any:
    """x: [batch, tokens, heads, size]"""
    size = x.shape[-1]
    frequencies = 1.0 / base ** (jnp.arange(0, size, 2) / size)
    angles = jnp.outer(jnp.arange(x.shape[1]), frequencies)
    angles = jnp.concatenate([angles, angles], axis=-1)[None, :, None, :]
    return x * jnp.cos(angles) + rotate_half(x) * jnp.sin(angles)


class RMSNorm(nn.Module):
    eps: float = 1e-6

    @nn.compact
    def __call__(self, x: Any) -> Any:
        scale = self.param("scale", nn.initializers.ones, (x.shape[-1],))
        variance = jnp.mean(jnp.square(x), axis=-1, keepdims=True)
        return x * jax.lax.rsqrt(variance + self.eps) * scale


class Attention(nn.Module):
    size: int = 8

    @nn.compact
    def __call__(self, x: Any) -> Any:
        dim = x.shape[-1]
        heads = dim // self.size

        def dense(name: str) -> Any:
            return nn.DenseGeneral((heads, self.size), use_bias=False, name=name)(x)

        q, k, v = rotary(dense("wq")), rotary(dense("wk")), dense("wv")
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) * self.size**-0.5
        tokens = jnp.arange(x.shape[1])
        scores = scores + jnp.where(tokens[:, None] >= tokens[None, :], 0.0, -1e9)
        out = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores, axis=-1), v)
        return nn.DenseGeneral(dim, axis=(-2, -1), use_bias=False, name="wo")(out)


class FeedForward(nn.Module):
    hidden: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        gate = nn.Dense(self.hidden, use_bias=False, name="w1")(x)
        up = nn.Dense(self.hidden, use_bias=False, name="w3")(x)
        return nn.Dense(x.shape[-1], use_bias=False, name="w2")(nn.silu(gate) * up)


class Llama(nn.Module):
    dim: int
    vocab: int = 10

    @nn.compact
    def __call__(self, tokens: Any) -> Any:
        x = nn.Embed(self.vocab, self.dim, embedding_init=nn.initializers.normal(1.0))(tokens)
        for i in range(2):
            x = x + Attention(name=f"attention_{i}")(RMSNorm()(x))
            x = x + FeedForward(3 * self.dim, name=f"feed_forward_{i}")(RMSNorm()(x))
        return nn.Dense(self.vocab, use_bias=False)(RMSNorm(name="norm")(x))


def make(n: int) -> tuple[Any, Any]:
    return Llama(n), jnp.array([[3, 1, 4, 1, 5]])
