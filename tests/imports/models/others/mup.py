"""Maximal update parametrization with Adam: multipliers, initial scales and one rate a group of weights."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax

BASE = 64


class MuMLP(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        multiplier = self.width / BASE
        hidden = nn.initializers.variance_scaling(1.0, "fan_in", "truncated_normal")
        x = nn.relu(nn.Dense(self.width, name="input")(x))
        x = nn.relu(nn.Dense(self.width, kernel_init=hidden, name="hidden")(x))
        x = nn.Dense(3, kernel_init=nn.initializers.normal(0.1), name="output")(x / multiplier)
        return 2.0 * x


def make(n: int) -> tuple[Any, ...]:
    def group(path: Any, _: Any) -> str:
        keys = [getattr(k, "key", str(k)) for k in path]
        return "matrix" if "hidden" in keys and "kernel" in keys else "vector"

    def labels(params: Any) -> Any:
        return jax.tree_util.tree_map_with_path(group, params)

    rates = {"matrix": optax.adam(1e-2 * BASE / n), "vector": optax.adam(1e-2)}
    return MuMLP(n), jnp.ones((4, 5)), optax.multi_transform(rates, labels)
