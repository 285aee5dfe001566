"""A ResNet with batch norm in training mode: the batch of four images is a finite axis."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class Block(nn.Module):
    channels: int

    @nn.compact
    def __call__(self, x: Any, train: bool) -> Any:
        y = nn.Conv(self.channels, (3, 3), use_bias=False)(x)
        y = nn.BatchNorm(use_running_average=not train)(y)
        y = nn.relu(y)
        y = nn.Conv(self.channels, (3, 3), use_bias=False)(y)
        y = nn.BatchNorm(use_running_average=not train)(y)
        return nn.relu(x + y)


class ResNet(nn.Module):
    channels: int

    @nn.compact
    def __call__(self, x: Any, train: bool = True) -> Any:
        x = nn.Conv(self.channels, (3, 3), use_bias=False)(x)
        x = nn.relu(nn.BatchNorm(use_running_average=not train, momentum=0.9)(x))
        x = Block(self.channels)(x, train)
        return nn.Dense(2)(x.mean((1, 2)))


def make(n: int) -> tuple[Any, Any]:
    return ResNet(n), (jnp.ones((4, 4, 4, 3)), True)
