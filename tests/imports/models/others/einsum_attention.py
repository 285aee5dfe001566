"""Attention in plain JAX where every map is an einsum over heads."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

HEADS = 4


def make(n: int) -> tuple[Any, ...]:
    size = n // HEADS

    def init(rng: Any) -> dict[str, Any]:
        keys = iter(jax.random.split(rng, 6))
        glorot = jax.nn.initializers.glorot_normal()
        return {
            "w_in": glorot(next(keys), (5, n)),
            "w_q": jax.random.normal(next(keys), (n, HEADS, size)) / n**0.5,
            "w_k": jax.random.normal(next(keys), (n, HEADS, size)) / n**0.5,
            "w_v": jax.random.normal(next(keys), (n, HEADS, size)) / n**0.5,
            "w_o": jax.random.normal(next(keys), (HEADS, size, n)) / n**0.5,
            "w_out": glorot(next(keys), (n, 2)),
        }

    def apply(w: Any, x: Any) -> Any:
        h = jnp.einsum("btd,dn->btn", x, w["w_in"])
        q = jnp.einsum("btn,nhd->bthd", h, w["w_q"])
        k = jnp.einsum("bsn,nhd->bshd", h, w["w_k"])
        v = jnp.einsum("bsn,nhd->bshd", h, w["w_v"])
        weights = jax.nn.softmax(jnp.einsum("bthd,bshd->bhts", q, k) / size, axis=-1)
        mixed = jnp.einsum("bhts,bshd->bthd", weights, v)
        h = h + jnp.einsum("bthd,hdn->btn", mixed, w["w_o"])
        return jnp.einsum("btn,nc->bc", jnp.tanh(h), w["w_out"]) / h.shape[1]

    return init, apply, jnp.ones((2, 6, 5))
