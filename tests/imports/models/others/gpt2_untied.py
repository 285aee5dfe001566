"""A stack of two blocks like GPT-2 with heads of size 16: their number grows with n. The output is not tied."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp
import numpy as np


class Attention(nn.Module):
    num_heads: int

    @nn.compact
    def __call__(self, x: Any, mask: Any) -> Any:
        b, t, d = x.shape
        qkv = nn.Dense(3 * d, use_bias=False, name="qkv")(x)
        qkv = qkv.reshape(b, t, 3, self.num_heads, d // self.num_heads)
        q, k, v = qkv[:, :, 0], qkv[:, :, 1], qkv[:, :, 2]
        logits = jnp.einsum("bthd,bshd->bhts", q, k) / np.sqrt(q.shape[-1])
        logits = jnp.where(mask, logits, jnp.finfo(logits.dtype).min)
        out = jnp.einsum("bhts,bshd->bthd", nn.softmax(logits, axis=-1), v)
        return nn.Dense(d, use_bias=False, name="out")(out.reshape(b, t, d))


class Transformer(nn.Module):
    dim: int
    vocab: int = 9
    layers: int = 2

    @nn.compact
    def __call__(self, tokens: Any) -> Any:
        _, t = tokens.shape
        x = nn.Embed(self.vocab, self.dim, embedding_init=nn.initializers.normal(0.5))(tokens)
        x = x + self.param("positions", nn.initializers.normal(0.1), (t, self.dim))
        mask = jnp.tril(jnp.ones((t, t), dtype=bool))
        for _ in range(self.layers):
            x = x + Attention(self.dim // 16)(nn.LayerNorm(use_bias=False)(x), mask)
            h = nn.Dense(2 * self.dim)(nn.LayerNorm(use_bias=False)(x))
            x = x + nn.Dense(self.dim)(nn.gelu(h))
        x = nn.LayerNorm()(x)
        return nn.Dense(self.vocab, kernel_init=nn.initializers.zeros_init(), name="lm_head")(x)


def make(n: int) -> tuple[Any, Any]:
    return Transformer(n), jnp.zeros((1, 5), jnp.int32)
