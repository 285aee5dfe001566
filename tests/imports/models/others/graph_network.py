"""A graph convolution with a fixed adjacency matrix, and attention that follows its edges."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp
import numpy as np

EDGES = np.array([[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]], np.float32) + np.eye(4, dtype=np.float32)


class GCN(nn.Module):
    width: int

    @nn.compact
    def __call__(self, nodes: Any) -> Any:
        degree = EDGES.sum(1)
        smooth = jnp.asarray(EDGES / np.sqrt(np.outer(degree, degree)))
        h = nn.relu(smooth @ nn.Dense(self.width)(nodes))
        q, k = nn.Dense(self.width, name="q")(h), nn.Dense(self.width, name="k")(h)
        scores = q @ k.T / self.width
        attention = nn.softmax(jnp.where(EDGES > 0, scores, -1e9), axis=-1)
        h = jnp.tanh(attention @ nn.Dense(self.width, name="v")(h))
        return nn.Dense(2, name="out")(h)


def make(n: int) -> tuple[Any, Any]:
    return GCN(n), jnp.ones((4, 3))
