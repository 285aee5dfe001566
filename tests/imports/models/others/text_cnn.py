"""Convolutions over text with windows of three sizes, each with its maximum over time, concatenated."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class TextCNN(nn.Module):
    filters: int
    vocab: int = 15

    @nn.compact
    def __call__(self, tokens: Any) -> Any:
        x = nn.Embed(self.vocab, self.filters)(tokens)
        found = [jnp.max(nn.relu(nn.Conv(self.filters, (k,), padding="VALID")(x)), axis=1) for k in (2, 3, 4)]
        return nn.Dense(2)(jnp.concatenate(found, axis=-1))


def make(n: int) -> tuple[Any, Any]:
    return TextCNN(n), jax.random.randint(jax.random.key(1), (1, 7), 0, 15)
