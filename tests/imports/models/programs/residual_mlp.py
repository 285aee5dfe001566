"""programs/residual_mlp.tp in Flax linen: a block is a module of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class NTKDense(nn.Module):
    """A linear map with a normal kernel, divided by the root of the number of its inputs."""

    features: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        kernel = self.param("kernel", nn.initializers.normal(1.0), (x.shape[-1], self.features))
        return jnp.dot(x, kernel) / math.sqrt(x.shape[-1])


class Block(nn.Module):
    @nn.compact
    def __call__(self, x: Any) -> Any:
        return x + NTKDense(x.shape[-1])(jnp.tanh(x))


class ResidualMLP(nn.Module):
    width: int
    blocks: int = 2

    @nn.compact
    def __call__(self, x: Any) -> Any:
        x = NTKDense(self.width)(x)
        for _ in range(self.blocks):
            x = Block()(x)
        return NTKDense(1)(jnp.tanh(x))[..., 0]


def make(n: int) -> tuple[Any, Any]:
    return ResidualMLP(n), jnp.ones((16,))


def weights(p: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "U": p["NTKDense_0"]["kernel"].T,
        "block[2]/W": p["Block_0"]["NTKDense_0"]["kernel"].T,
        "block[3]/W": p["Block_1"]["NTKDense_0"]["kernel"].T,
        "v": p["NTKDense_1"]["kernel"][:, 0],
    }
