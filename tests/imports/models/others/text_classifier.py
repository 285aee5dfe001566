"""A text classifier: the mean of embedded tokens, without those of a constant padding mask."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp

MASK = jnp.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], jnp.float32)


class Classifier(nn.Module):
    width: int

    @nn.compact
    def __call__(self, tokens: Any) -> Any:
        x = nn.Embed(9, self.width, embedding_init=nn.initializers.normal(1.0))(tokens)
        x = nn.relu(nn.Dense(self.width)(x))
        mask = MASK[..., None]
        pooled = (x * mask).sum(axis=1) / jnp.maximum(mask.sum(axis=1), 1)
        return nn.Dense(2)(pooled)


def make(n: int) -> tuple[Any, Any]:
    return Classifier(n), jnp.array([[1, 2, 3, 0, 0], [4, 5, 6, 7, 8]])
