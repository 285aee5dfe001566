"""A ResNet whose groups have eight channels at any width, with average pooling between stages."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class Block(nn.Module):
    @nn.compact
    def __call__(self, x: Any) -> Any:
        n = x.shape[-1]
        y = nn.GroupNorm(num_groups=None, group_size=8)(x)
        y = nn.Conv(n, (3, 3), padding=1)(nn.silu(y))
        y = nn.GroupNorm(num_groups=n // 8)(y)
        return x + nn.Conv(n, (3, 3), padding=((1, 1), (1, 1)))(nn.silu(y))


class ResNet(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        x = nn.Conv(self.width, (3, 3), padding="SAME")(x)
        x = Block()(x)
        x = nn.avg_pool(x, (2, 2), strides=(2, 2))
        x = Block()(x)
        return nn.Dense(5)(jnp.mean(x, (-3, -2)))


def make(n: int) -> tuple[Any, Any]:
    return ResNet(n), jnp.ones((2, 6, 6, 3))
