"""A LeNet: VALID and SAME convolutions, max pooling, and dense layers on the flattened picture."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class LeNet(nn.Module):
    channels: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        x = nn.Conv(self.channels, (3, 3), padding="SAME")(x)
        x = nn.relu(x)
        x = nn.max_pool(x, window_shape=(2, 2), strides=(2, 2))
        x = nn.Conv(2 * self.channels, (3, 3), padding="VALID")(x)
        x = nn.relu(x)
        x = x.reshape((x.shape[0], -1))
        x = nn.Dense(4 * self.channels)(x)
        x = nn.relu(x)
        return nn.log_softmax(nn.Dense(10)(x))


def make(n: int) -> tuple[Any, Any]:
    return LeNet(n), jnp.ones((1, 8, 8, 1))
