"""programs/relu_mlp.tp in Flax linen: the scale of He sits in multipliers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class ReluMLP(nn.Module):
    width: int

    def setup(self) -> None:
        he = nn.initializers.normal(2**0.5)
        self.first = nn.Dense(self.width, use_bias=False, kernel_init=he)
        self.second = nn.Dense(self.width, use_bias=False, kernel_init=he)
        self.readout = nn.Dense(1, use_bias=False, kernel_init=nn.initializers.normal(1.0))

    def __call__(self, x: Any) -> Any:
        x = nn.relu(self.first(x) / jnp.sqrt(x.shape[-1]))
        x = nn.relu(self.second(x) / jnp.sqrt(self.width))
        return jnp.squeeze(self.readout(x) / jnp.sqrt(self.width), -1)


def make(n: int) -> tuple[Any, Any]:
    return ReluMLP(n), jnp.ones((16,))


def weights(p: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "U": p["first"]["kernel"].T,
        "W[2]": p["second"]["kernel"].T,
        "v": p["readout"]["kernel"][:, 0],
    }
