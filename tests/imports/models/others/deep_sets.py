"""Deep sets: a network for every element, their sum, and a network for the sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class MLP(nn.Module):
    features: Sequence[int]

    @nn.compact
    def __call__(self, x: Any) -> Any:
        for i, feat in enumerate(self.features):
            x = nn.Dense(feat, name=f"layers_{i}")(x)
            if i != len(self.features) - 1:
                x = nn.leaky_relu(x)
        return x


class DeepSets(nn.Module):
    n: int

    def setup(self) -> None:
        self.phi = MLP([self.n, self.n])
        self.rho = MLP([self.n, 1])

    def __call__(self, sets: Any) -> Any:
        return self.rho(jnp.sum(self.phi(sets), axis=-2))


def make(n: int) -> tuple[Any, Any]:
    return DeepSets(n), jnp.ones((2, 5, 3))
