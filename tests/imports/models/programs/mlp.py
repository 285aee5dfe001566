"""programs/mlp.tp in Flax linen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class MLP(nn.Module):
    """Layers without biases, whose scale is a multiplier."""

    width: int
    depth: int = 3

    @nn.compact
    def __call__(self, x: Any) -> Any:
        for _ in range(self.depth):
            dense = nn.Dense(self.width, use_bias=False, kernel_init=nn.initializers.normal(1.0))
            x = nn.tanh(dense(x) / x.shape[-1] ** 0.5)
        readout = nn.Dense(1, use_bias=False, kernel_init=nn.initializers.normal(1.0))
        return readout(x)[..., 0] / self.width**0.5


def make(n: int) -> tuple[Any, Any]:
    return MLP(n), jnp.ones((4, 16))


def weights(p: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "U": p["Dense_0"]["kernel"].T,
        "W[2]": p["Dense_1"]["kernel"].T,
        "W[3]": p["Dense_2"]["kernel"].T,
        "v": p["Dense_3"]["kernel"][:, 0],
    }
