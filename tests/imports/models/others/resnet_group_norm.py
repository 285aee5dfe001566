"""A ResNet with group norm: n, 2n channels, strided convolutions, eight groups at any width."""

from __future__ import annotations

from functools import partial
from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class ResidualBlock(nn.Module):
    filters: int
    strides: int = 1

    @nn.compact
    def __call__(self, x: Any) -> Any:
        conv = partial(nn.Conv, use_bias=False, kernel_init=nn.initializers.he_normal())
        norm = partial(nn.GroupNorm, num_groups=8)
        y = conv(self.filters, (3, 3), (self.strides, self.strides))(x)
        y = nn.relu(norm()(y))
        y = conv(self.filters, (3, 3))(y)
        y = norm(scale_init=nn.initializers.zeros_init())(y)
        if x.shape != y.shape:
            x = norm()(conv(self.filters, (1, 1), (self.strides, self.strides), name="projection")(x))
        return nn.relu(x + y)


class ResNet(nn.Module):
    filters: int
    classes: int = 10

    @nn.compact
    def __call__(self, images: Any) -> Any:
        x = nn.Conv(self.filters, (3, 3), use_bias=False, name="stem")(images)
        x = nn.relu(nn.GroupNorm(num_groups=8)(x))
        for stage in range(2):
            x = ResidualBlock(self.filters * 2**stage, strides=stage + 1)(x)
        x = jnp.mean(x, axis=(1, 2))
        return nn.Dense(self.classes)(x)


def make(n: int) -> tuple[Any, Any]:
    return ResNet(n), jnp.ones((1, 8, 8, 3))
