"""Grouped queries in plain JAX: two query heads share keys and values; rotary positions for neighbouring entries."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

SIZE, TOKENS, VOCABULARY = 4, 5, 8


def rms_norm(x: Any, gain: Any) -> Any:
    return gain * x / jnp.sqrt((x**2).mean(-1, keepdims=True) + 1e-5)


def rotate(x: Any) -> Any:
    """x: [tokens, heads, size]"""
    angles = jnp.arange(TOKENS)[:, None] * (100.0 ** (-jnp.arange(0, SIZE, 2) / SIZE))[None]
    cos, sin = jnp.cos(angles)[:, None], jnp.sin(angles)[:, None]
    even, odd = x[..., ::2], x[..., 1::2]
    turned = jnp.stack([even * cos - odd * sin, even * sin + odd * cos], axis=-1)
    return turned.reshape(x.shape)


def make(n: int) -> tuple[Any, ...]:
    heads, groups = n // SIZE, n // SIZE // 2

    def init(key: Any) -> dict[str, Any]:
        shapes = {
            "embedding": (VOCABULARY, n),
            "q": (n, heads * SIZE),
            "k": (n, groups * SIZE),
            "v": (n, groups * SIZE),
            "o": (heads * SIZE, n),
            "gate": (n, 2 * n),
            "up": (n, 2 * n),
            "down": (2 * n, n),
            "head": (n, VOCABULARY),
        }
        keys = jax.random.split(key, len(shapes))
        params = {
            name: jax.random.normal(k, shape) * (1.0 if name == "embedding" else shape[0] ** -0.5)
            for k, (name, shape) in zip(keys, shapes.items(), strict=True)
        }
        return {**params, "norms": [jnp.ones(n) for _ in range(3)]}

    def apply(params: Any, tokens: Any) -> Any:
        x = params["embedding"][tokens]
        h = rms_norm(x, params["norms"][0])
        q = rotate((h @ params["q"]).reshape(TOKENS, heads, SIZE))
        k = rotate((h @ params["k"]).reshape(TOKENS, groups, SIZE))
        v = (h @ params["v"]).reshape(TOKENS, groups, SIZE)
        k, v = jnp.repeat(k, 2, axis=1), jnp.repeat(v, 2, axis=1)
        scores = jnp.einsum("thd,shd->hts", q, k) / SIZE**0.5
        causal = jnp.tri(TOKENS, dtype=bool)
        scores = jnp.where(causal[None], scores, -1e10)
        mixed = jnp.einsum("hts,shd->thd", jax.nn.softmax(scores, -1), v)
        x = x + mixed.reshape(TOKENS, n) @ params["o"]
        h = rms_norm(x, params["norms"][1])
        x = x + (jax.nn.silu(h @ params["gate"]) * (h @ params["up"])) @ params["down"]
        return rms_norm(x, params["norms"][2]) @ params["head"]

    return init, apply, jnp.arange(TOKENS)
