"""A perceptron with one activation of jax.nn, for each of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "celu": jax.nn.celu,
    "elu": jax.nn.elu,
    "gelu": jax.nn.gelu,
    "gelu_exact": partial(jax.nn.gelu, approximate=False),
    "hard_sigmoid": jax.nn.hard_sigmoid,
    "hard_silu": jax.nn.hard_silu,
    "hard_tanh": jax.nn.hard_tanh,
    "leaky_relu": jax.nn.leaky_relu,
    "log_sigmoid": jax.nn.log_sigmoid,
    "mish": jax.nn.mish,
    "relu": jax.nn.relu,
    "relu6": jax.nn.relu6,
    "selu": jax.nn.selu,
    "sigmoid": jax.nn.sigmoid,
    "silu": jax.nn.silu,
    "soft_sign": jax.nn.soft_sign,
    "softplus": jax.nn.softplus,
    "sparse_plus": jax.nn.sparse_plus,
    "sparse_sigmoid": jax.nn.sparse_sigmoid,
    "squareplus": jax.nn.squareplus,
    "tanh": jax.nn.tanh,
    "sin": jnp.sin,
    "snake": lambda x: x + jnp.sin(x) ** 2,
    "relu_squared": lambda x: jnp.square(jax.nn.relu(x)),
    "gaussian": lambda x: jnp.exp(-(x**2) / 2),
    "erf": jax.lax.erf,
    "quick_gelu": lambda x: x * jax.nn.sigmoid(1.702 * x),
    "lecun_tanh": lambda x: 1.7159 * jnp.tanh(2 / 3 * x),
    "maximum": lambda x: jnp.maximum(x, 0),
    "clip": lambda x: jnp.clip(x, -1, 1),
    "arctan": jnp.arctan,
    "abs": jnp.abs,
}


class MLP(nn.Module):
    width: int
    activation: Callable[[Any], Any]

    @nn.compact
    def __call__(self, x: Any) -> Any:
        for _ in range(2):
            x = self.activation(nn.Dense(self.width)(x))
        return nn.Dense(1)(x)


def make(n: int, activation: str = "tanh") -> tuple[Any, Any]:
    return MLP(n, ACTIVATIONS[activation]), jnp.ones((2, 3))
