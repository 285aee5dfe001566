"""programs/transformer_block.tp in Flax linen: layers that Flax brings along, and a causal mask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flax.linen as nn
import jax.numpy as jnp

HEAD = 4
NORMAL = nn.initializers.normal(1.0)


class Attention(nn.Module):
    @nn.compact
    def __call__(self, x: Any) -> Any:
        t, n = x.shape
        qkv = nn.Dense(3 * n, use_bias=False, kernel_init=NORMAL, name="qkv")(x) / n**0.5
        q, k, v = (part.reshape(t, n // HEAD, HEAD) for part in jnp.split(qkv, 3, axis=-1))
        scores = jnp.einsum("thd,shd->hts", q, k) / jnp.sqrt(HEAD)
        mask = jnp.tril(jnp.ones((t, t), bool))
        scores = jnp.where(mask, scores, -1e30)
        mixed = jnp.einsum("hts,shd->thd", nn.softmax(scores), v).reshape(t, n)
        return nn.Dense(n, use_bias=False, kernel_init=NORMAL, name="out")(mixed) / n**0.5


class TransformerBlock(nn.Module):
    @nn.compact
    def __call__(self, x: Any) -> Any:
        n = x.shape[-1]
        x = x + Attention(name="attention")(nn.LayerNorm(epsilon=1e-5, use_fast_variance=False, name="norm_1")(x))
        h = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False, name="norm_2")(x)
        h = nn.Dense(n, use_bias=False, kernel_init=NORMAL, name="up")(h) / n**0.5
        h = nn.gelu(h, approximate=False)
        return x + nn.Dense(n, use_bias=False, kernel_init=NORMAL, name="down")(h) / n**0.5


class Net(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        x = nn.Dense(self.width, use_bias=False, kernel_init=NORMAL, name="embed")(x) / x.shape[-1] ** 0.5
        x = TransformerBlock(name="block")(x)
        x = nn.RMSNorm(epsilon=1e-5, name="last")(x).mean(axis=0)
        return nn.Dense(1, use_bias=False, kernel_init=NORMAL, name="readout")(x)[0] / self.width**0.5


def make(n: int) -> tuple[Any, Any]:
    return Net(n), jnp.ones((8, 8))


def weights(p: Mapping[str, Any]) -> dict[str, Any]:
    block = p["block"]
    n = block["up"]["kernel"].shape[0]
    query, key, value = jnp.split(block["attention"]["qkv"]["kernel"], 3, axis=1)
    heads = {name: w.T.reshape(n // HEAD, HEAD, n) for name, w in zip("QKV", (query, key, value), strict=True)}
    return {
        "E": p["embed"]["kernel"].T,
        "pre[1]/g": block["norm_1"]["scale"] - 1,
        "pre[1]/b": block["norm_1"]["bias"],
        **{f"attend/{name}": kernel for name, kernel in heads.items()},
        "attend/O": block["attention"]["out"]["kernel"].T.reshape(n, n // HEAD, HEAD),
        "pre[2]/g": block["norm_2"]["scale"] - 1,
        "pre[2]/b": block["norm_2"]["bias"],
        "feed/A": block["up"]["kernel"].T,
        "feed/B": block["down"]["kernel"].T,
        "last/g": p["last"]["scale"] - 1,
        "v": p["readout"]["kernel"][:, 0],
    }
