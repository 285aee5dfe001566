"""programs/cnn.tp in Flax linen, with images of one channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flax.linen as nn
import jax.numpy as jnp
import numpy as np


class CNN(nn.Module):
    width: int

    @nn.compact
    def __call__(self, images: Any) -> Any:
        normal = nn.initializers.normal
        small = normal(0.1)
        conv = nn.Conv(self.width, (3, 3), use_bias=False, kernel_init=normal(1.0))
        x = conv(images) / 3 + self.param("b1", small, (self.width,))
        conv = nn.Conv(self.width, (3, 3), strides=2, padding="SAME", use_bias=False, kernel_init=normal(1.0))
        x = conv(nn.tanh(x)) / (3 * np.sqrt(self.width)) + self.param("b2", small, (self.width,))
        x = nn.tanh(x).mean(axis=(1, 2))
        v = self.param("v", normal(1.0), (self.width,))
        return x @ v / np.sqrt(self.width)


def make(n: int) -> tuple[Any, Any]:
    return CNN(n), jnp.ones((2, 8, 8, 1))


def weights(p: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "K1": jnp.transpose(p["Conv_0"]["kernel"][:, :, 0], (2, 0, 1)),
        "K2": jnp.transpose(p["Conv_1"]["kernel"], (3, 2, 0, 1)),
        "b[1]": p["b1"],
        "b[2]": p["b2"],
        "v": p["v"],
    }
