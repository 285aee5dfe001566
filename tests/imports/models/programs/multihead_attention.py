"""programs/multihead_attention.tp in Flax linen: heads by reshape, and two einsums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

HEAD = 4


class Attention(nn.Module):
    @nn.compact
    def __call__(self, x: Any) -> Any:
        n = x.shape[-1]

        def project(name: str) -> Any:
            dense = nn.Dense(n, use_bias=False, kernel_init=nn.initializers.normal(1.0), name=name)
            return (dense(x) / n**0.5).reshape(*x.shape[:-1], n // HEAD, HEAD)

        q, k, v = project("query"), project("key"), project("value")
        scores = jnp.einsum("...thd,...shd->...hts", q, k) / HEAD**0.5
        mixed = jnp.einsum("...hts,...shd->...thd", jax.nn.softmax(scores, axis=-1), v)
        out = nn.Dense(n, use_bias=False, kernel_init=nn.initializers.normal(1.0), name="out")
        return out(mixed.reshape(x.shape)) / n**0.5


class Net(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        normal = nn.initializers.normal(1.0)
        embed = nn.Dense(self.width, use_bias=False, kernel_init=normal, name="embed")
        x = jnp.tanh(embed(x) / x.shape[-1] ** 0.5)
        x = jnp.tanh(Attention(name="attention")(x)).mean(axis=-2)
        readout = nn.Dense(1, use_bias=False, kernel_init=normal, name="readout")
        return readout(x).squeeze(-1) / self.width**0.5


def make(n: int) -> tuple[Any, Any]:
    return Net(n), jnp.ones((3, 8, 8))


def weights(p: Mapping[str, Any]) -> dict[str, Any]:
    a = p["attention"]
    n = a["out"]["kernel"].shape[0]
    heads = {name: a[word]["kernel"].T.reshape(n // HEAD, HEAD, n) for name, word in zip("QKV", WORDS, strict=True)}
    return {
        "E": p["embed"]["kernel"].T,
        **{f"attend/{name}": kernel for name, kernel in heads.items()},
        "attend/O": a["out"]["kernel"].T.reshape(n, n // HEAD, HEAD),
        "v": p["readout"]["kernel"][:, 0],
    }


WORDS = ("query", "key", "value")
