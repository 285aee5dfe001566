"""A stack of two blocks like GPT-2: one projection for queries, keys and values, and tied input and output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


@dataclass(frozen=True)
class GPTConfig:
    n_embd: int
    vocab_size: int = 11
    block_size: int = 6
    n_layer: int = 2
    n_head: int = 2


class CausalSelfAttention(nn.Module):
    config: GPTConfig

    @nn.compact
    def __call__(self, x: Any) -> Any:
        B, T, C = x.shape
        heads = self.config.n_head
        head_dim = C // heads
        c_attn = nn.Dense(3 * C, kernel_init=nn.initializers.normal(0.02 * (256 / C) ** 0.5), name="c_attn")
        q, k, v = jnp.split(c_attn(x), 3, axis=-1)
        q = q.reshape(B, T, heads, head_dim).swapaxes(1, 2)
        k = k.reshape(B, T, heads, head_dim).swapaxes(1, 2)
        v = v.reshape(B, T, heads, head_dim).swapaxes(1, 2)
        att = q @ k.swapaxes(-2, -1) * (1.0 / jnp.sqrt(head_dim))
        mask = jnp.tril(jnp.ones((T, T))).reshape(1, 1, T, T)
        att = jnp.where(mask == 0, float("-inf"), att)
        y = nn.softmax(att, axis=-1) @ v
        y = y.swapaxes(1, 2).reshape(B, T, C)
        return nn.Dense(C, name="c_proj")(y)


class MLP(nn.Module):
    config: GPTConfig

    @nn.compact
    def __call__(self, x: Any) -> Any:
        C = x.shape[-1]
        x = nn.Dense(4 * C, name="c_fc")(x)
        x = nn.gelu(x, approximate=True)
        return nn.Dense(C, name="c_proj")(x)


class Block(nn.Module):
    config: GPTConfig

    def setup(self) -> None:
        self.ln_1 = nn.LayerNorm(epsilon=1e-5)
        self.attn = CausalSelfAttention(self.config)
        self.ln_2 = nn.LayerNorm(epsilon=1e-5)
        self.mlp = MLP(self.config)

    def __call__(self, x: Any) -> Any:
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    config: GPTConfig

    @nn.compact
    def __call__(self, idx: Any, deterministic: bool = True) -> Any:
        T = idx.shape[1]
        wte = nn.Embed(self.config.vocab_size, self.config.n_embd, name="wte")
        wpe = nn.Embed(self.config.block_size, self.config.n_embd, name="wpe")
        pos = jnp.arange(0, T)[None]
        x = wte(idx) + wpe(pos)
        x = nn.Dropout(0.1)(x, deterministic=deterministic)
        for i in range(self.config.n_layer):
            x = Block(self.config, name=str(i))(x)
        x = nn.LayerNorm(epsilon=1e-5, name="ln_f")(x)
        return wte.attend(x)


def make(n: int) -> tuple[Any, Any]:
    tokens = jax.random.randint(jax.random.key(0), (2, 6), 0, 11)
    return GPT(GPTConfig(n)), tokens
