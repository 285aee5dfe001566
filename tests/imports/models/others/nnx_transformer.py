"""A transformer block of nnx with its attention, layer norm, and dropout that eval() switches off."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from flax import nnx


class Block(nnx.Module):
    def __init__(self, n: int, heads: int, rngs: nnx.Rngs) -> None:
        self.ln1 = nnx.LayerNorm(n, rngs=rngs)
        self.attn = nnx.MultiHeadAttention(num_heads=heads, in_features=n, decode=False, rngs=rngs)
        self.ln2 = nnx.LayerNorm(n, rngs=rngs)
        self.mlp = nnx.Sequential(nnx.Linear(n, 4 * n, rngs=rngs), nnx.gelu, nnx.Linear(4 * n, n, rngs=rngs))
        self.dropout = nnx.Dropout(0.2, rngs=rngs)

    def __call__(self, x: Any, mask: Any) -> Any:
        x = x + self.dropout(self.attn(self.ln1(x), mask=mask))
        return x + self.dropout(self.mlp(self.ln2(x)))


class GPT(nnx.Module):
    def __init__(self, n: int, heads: int, vocab: int, rngs: nnx.Rngs) -> None:
        self.tokens = nnx.Embed(vocab, n, rngs=rngs)
        self.positions = nnx.Embed(8, n, rngs=rngs)
        self.blocks = nnx.List([Block(n, heads, rngs) for _ in range(2)])
        self.norm = nnx.LayerNorm(n, rngs=rngs)
        self.head = nnx.Linear(n, vocab, use_bias=False, rngs=rngs)

    def __call__(self, tokens: Any) -> Any:
        mask = nnx.make_causal_mask(tokens)
        x = self.tokens(tokens) + self.positions(jnp.arange(tokens.shape[1]))
        for block in self.blocks:
            x = block(x, mask)
        return self.head(self.norm(x))


def make(n: int, rngs: Any = None) -> tuple[Any, Any]:
    model = GPT(n, n // 16, 9, nnx.Rngs(0) if rngs is None else rngs)
    model.eval()
    return model, jnp.zeros((1, 4), jnp.int32)
