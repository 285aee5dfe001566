"""Depthwise and pointwise convolutions, as in MobileNet."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class Separable(nn.Module):
    @nn.compact
    def __call__(self, x: Any) -> Any:
        n = x.shape[-1]
        x = nn.Conv(n, (3, 3), feature_group_count=n, use_bias=False, name="depthwise")(x)
        x = nn.relu6(x)
        return nn.Conv(n, (1, 1), name="pointwise")(x)


class MobileNet(nn.Module):
    channels: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        x = nn.hard_swish(nn.Conv(self.channels, (3, 3), strides=(2, 2), padding="SAME")(x))
        x = x + Separable()(x)
        return nn.Dense(4)(jnp.mean(x, axis=(1, 2)))


def make(n: int) -> tuple[Any, Any]:
    return MobileNet(n), jnp.ones((1, 8, 8, 3))
