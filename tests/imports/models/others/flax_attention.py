"""A transformer from what Flax brings along: masks, attention and embeddings."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class EncoderBlock(nn.Module):
    num_heads: int
    mlp_dim: int

    @nn.compact
    def __call__(self, x: Any, mask: Any, train: bool) -> Any:
        y = nn.LayerNorm()(x)
        y = nn.MultiHeadDotProductAttention(
            num_heads=self.num_heads,
            dropout_rate=0.1,
            deterministic=not train,
            kernel_init=nn.initializers.xavier_uniform(),
        )(y, mask=mask)
        y = nn.Dropout(0.1, deterministic=not train)(y)
        x = x + y
        y = nn.LayerNorm()(x)
        y = nn.Dense(self.mlp_dim)(y)
        y = nn.gelu(y)
        y = nn.Dense(x.shape[-1])(y)
        return x + y


class LanguageModel(nn.Module):
    hidden: int
    num_heads: int
    vocab: int = 7

    @nn.compact
    def __call__(self, tokens: Any, train: bool = False) -> Any:
        mask = nn.make_causal_mask(tokens)
        x = nn.Embed(self.vocab, self.hidden)(tokens)
        for _ in range(2):
            x = EncoderBlock(self.num_heads, 4 * self.hidden)(x, mask, train)
        return nn.Dense(self.vocab)(nn.LayerNorm()(x))


def make(n: int) -> tuple[Any, Any]:
    return LanguageModel(n, num_heads=n // 8), (jnp.ones((2, 4), jnp.int32), False)
