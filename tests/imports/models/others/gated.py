"""Gated linear units of several kinds, by halves of one dense layer and by jax.nn.glu."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class Gated(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        x = nn.Dense(self.width)(x)
        x = x + nn.glu(nn.Dense(2 * self.width)(x), axis=-1)
        a, b = jnp.split(nn.Dense(2 * self.width)(x), 2, axis=-1)
        x = x + jax.nn.gelu(a) * b
        h = nn.Dense(2 * self.width)(x)
        x = x + nn.relu(h[..., : self.width]) * h[..., self.width :]
        return nn.Dense(1)(x * jnp.tanh(nn.softplus(x)))


def make(n: int) -> tuple[Any, Any]:
    return Gated(n), jnp.ones((2, 4))
