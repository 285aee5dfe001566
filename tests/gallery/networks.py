"""Networks of the gallery as their users write them, in Flax linen and in plain JAX."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

UNIT = nn.initializers.normal(1.0)


def dense(width: int, name: str) -> nn.Dense:
    """Of entries of size 1; callers divide by sqrt(n)."""
    return nn.Dense(width, use_bias=False, kernel_init=UNIT, name=name)


class Attention(nn.Module):
    """Causal, with heads of size 4."""

    n: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        tokens = x.shape[0]
        x = x / jnp.sqrt(self.n)
        q, k, v = (dense(self.n, name)(x).reshape(tokens, self.n // 4, 4) for name in ("query", "key", "value"))
        scores = jnp.einsum("the,she->hts", q, k) / 2.0
        scores = jnp.where(jnp.tril(jnp.ones((tokens, tokens), bool)), scores, -jnp.inf)
        mixed = jnp.einsum("hts,she->the", jax.nn.softmax(scores), v)
        return dense(self.n, "out")(mixed.reshape(tokens, self.n)) / jnp.sqrt(self.n)


class Gpt(nn.Module):
    """programs/gallery/gpt.tp, whose output is tied to the embedding."""

    n: int
    depth: int = 2

    @nn.compact
    def __call__(self, tokens: jax.Array) -> jax.Array:
        embed = nn.Embed(6, self.n, embedding_init=UNIT)
        h = embed(tokens) + self.param("positions", UNIT, (tokens.shape[0], self.n))
        for block in range(self.depth):
            h = h + jnp.sqrt(self.n) * Attention(self.n)(nn.LayerNorm(epsilon=1e-5)(h))
            a = dense(self.n, f"up_{block}")(nn.LayerNorm(epsilon=1e-5)(h)) / jnp.sqrt(self.n)
            h = h + dense(self.n, f"down_{block}")(nn.gelu(a, approximate=False))
        return embed.attend(nn.LayerNorm(epsilon=1e-5)(h)) / jnp.sqrt(self.n)


def gpt(n: int) -> tuple[nn.Module, jax.Array]:
    return Gpt(n), jnp.array([3, 0, 5])


class Adapted(nn.Module):
    """A dense layer with a low-rank adapter of LoRA."""

    n: int
    rank: int = 4
    alpha: float = 4.0

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        a = self.param("A", UNIT, (self.n, self.rank))
        b = self.param("B", nn.initializers.zeros, (self.rank, self.n))
        return dense(self.n, "base")(x) + self.alpha / self.rank * (x @ a) @ b


class Lora(nn.Module):
    """programs/gallery/lora.tp."""

    n: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        g = jnp.tanh(dense(self.n, "first")(x) / jnp.sqrt(8.0)) / jnp.sqrt(self.n)
        h = Adapted(self.n, name="adapted")(g)
        return dense(1, "readout")(jnp.tanh(h))[..., 0] / jnp.sqrt(self.n)


def lora(n: int) -> dict[str, Any]:
    return {"module": Lora(n), "inputs": jnp.ones(8), "rates": {"adapted/A": 1.0, "adapted/B": 1.0}}


def siren_init(n: int, key: jax.Array) -> dict[str, jax.Array]:
    """Laws of programs/gallery/siren.tp; a uniform law of deviation s is one on [-sqrt(3) s, sqrt(3) s]."""
    bound = jnp.sqrt(6.0) / 30.0

    def uniform(number: int, shape: tuple[int, ...], most: Any) -> jax.Array:
        return jax.random.uniform(jax.random.fold_in(key, number), shape, minval=-most, maxval=most)

    return {
        "U": uniform(0, (n, 2), 1.0),
        "a": uniform(1, (n,), 1.0),
        "W2": uniform(2, (n, n), bound),
        "b2": uniform(3, (n,), jnp.sqrt(3.0) / 30.0),
        "W3": uniform(4, (n, n), bound),
        "b3": uniform(5, (n,), jnp.sqrt(3.0) / 30.0),
        "v": uniform(6, (n,), bound),
    }


def siren_apply(weights: dict[str, jax.Array], x: jax.Array) -> jax.Array:
    n = weights["v"].shape[0]
    h = jnp.sin(30.0 * (weights["U"] @ x + weights["a"]) / jnp.sqrt(2.0))
    for number in "23":
        h = jnp.sin(30.0 * (weights["W" + number] @ h / jnp.sqrt(n) + weights["b" + number]))
    return weights["v"] @ h / jnp.sqrt(n)


class Rms(nn.Module):
    """RMS norm with a gain."""

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        gain = self.param("gain", nn.initializers.ones, (x.shape[-1],))
        return gain * x / jnp.sqrt(jnp.mean(x**2, -1, keepdims=True) + 1e-5)


def rotated(x: jax.Array, angles: jax.Array) -> jax.Array:
    """Rotary positions: pairs along the last axis, turned by angles over tokens and pairs."""
    cosine, sine = jnp.cos(angles)[:, None, None], jnp.sin(angles)[:, None, None]
    a, b = x[..., 0], x[..., 1]
    return jnp.stack([a * cosine - b * sine, a * sine + b * cosine], -1)


class Llama(nn.Module):
    """programs/gallery/llama_block.tp: two query heads share a head of keys and values."""

    n: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        n, tokens = self.n, x.shape[0]
        h = dense(n, "embed")(x) / jnp.sqrt(8.0)
        a = Rms()(h) / jnp.sqrt(n)
        angles = jnp.arange(tokens)[:, None] * jnp.array([1.0, 0.01])
        q = rotated(dense(n, "query")(a).reshape(tokens, n // 8, 2, 2, 2), angles)
        k = rotated(dense(n // 2, "key")(a).reshape(tokens, n // 8, 1, 2, 2), angles)
        v = dense(n // 2, "value")(a).reshape(tokens, n // 8, 4)
        scores = jnp.einsum("tgrhp,sgrhp->grts", q, jnp.broadcast_to(k, q.shape)) / 2
        scores = jnp.where(jnp.tril(jnp.ones((tokens, tokens), bool)), scores, -jnp.inf)
        mixed = jnp.einsum("grts,sge->tgre", jax.nn.softmax(scores), v).reshape(tokens, n)
        h = h + dense(n, "out")(mixed) / jnp.sqrt(n)
        b = Rms()(h) / jnp.sqrt(n)
        h = h + dense(n, "down")(nn.silu(dense(2 * n, "gate")(b)) * dense(2 * n, "up")(b)) / jnp.sqrt(n)
        return dense(1, "readout")(jnp.mean(Rms()(h), 0))[..., 0] / jnp.sqrt(n)


def llama(n: int) -> tuple[nn.Module, jax.Array]:
    return Llama(n), jnp.ones((4, 8))
