"""Batch norm that uses running means: they are weights that training leaves alone."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class Net(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        for _ in range(2):
            x = nn.Dense(self.width)(x)
            x = nn.BatchNorm(use_running_average=True)(x)
            x = nn.elu(x)
        return nn.Dense(1)(x)


def make(n: int) -> tuple[Any, Any]:
    return Net(n), jnp.ones((2, 5))
