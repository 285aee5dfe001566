"""The network of Flax's tutorial on digits, with n channels, and batch norm in training mode."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax.numpy as jnp
from flax import nnx


class CNN(nnx.Module):
    def __init__(self, n: int, *, rngs: nnx.Rngs) -> None:
        self.conv1 = nnx.Conv(1, n, kernel_size=(3, 3), rngs=rngs)
        self.batch_norm1 = nnx.BatchNorm(n, rngs=rngs)
        self.conv2 = nnx.Conv(n, 2 * n, kernel_size=(3, 3), rngs=rngs)
        self.avg_pool = partial(nnx.avg_pool, window_shape=(2, 2), strides=(2, 2))
        self.linear1 = nnx.Linear(2 * n * 4, 4 * n, rngs=rngs)
        self.linear2 = nnx.Linear(4 * n, 10, rngs=rngs)

    def __call__(self, x: Any) -> Any:
        x = self.avg_pool(nnx.relu(self.batch_norm1(self.conv1(x))))
        x = self.avg_pool(nnx.relu(self.conv2(x)))
        x = x.reshape(x.shape[0], -1)
        x = nnx.relu(self.linear1(x))
        return self.linear2(x)


def make(n: int) -> tuple[Any, Any]:
    return CNN(n, rngs=nnx.Rngs(0)), jnp.ones((3, 8, 8, 1))
