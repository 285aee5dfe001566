"""A soft mixture of four experts: their weights are one array, and a router mixes them."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class Mixture(nn.Module):
    experts: int = 4

    @nn.compact
    def __call__(self, x: Any) -> Any:
        n = x.shape[-1]
        init = nn.initializers.variance_scaling(1.0, "fan_in", "normal", in_axis=1, out_axis=2, batch_axis=0)
        up = self.param("up", init, (self.experts, n, 2 * n))
        down = self.param("down", init, (self.experts, 2 * n, n))
        gates = nn.softmax(nn.Dense(self.experts, use_bias=False, name="router")(x))
        h = nn.relu(jnp.einsum("bn,enm->bem", x, up))
        h = jnp.einsum("bem,emn->ben", h, down)
        return jnp.einsum("be,ben->bn", gates, h)


class Net(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        x = nn.Dense(self.width)(x)
        x = x + Mixture()(x)
        return nn.Dense(2)(x)


def make(n: int) -> tuple[Any, Any]:
    return Net(n), jnp.ones((3, 5))
