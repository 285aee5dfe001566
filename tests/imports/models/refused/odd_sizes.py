"""A hidden layer of n + 1 units."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp

CODE = "TP901"
WORDS = ("n + 1",)


class Net(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        return nn.Dense(1)(nn.tanh(nn.Dense(self.width + 1)(x)))


def make(n: int) -> tuple[Any, Any]:
    return Net(n), jnp.ones(3)
