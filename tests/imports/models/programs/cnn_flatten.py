"""programs/cnn_flatten.tp in Equinox: images are [channels, rows, columns], padded by wrapping them around."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array


class CNN(eqx.Module):
    first: eqx.nn.Conv2d
    second: eqx.nn.Conv2d
    readout: Array

    def __init__(self, n: int, *, key: Array) -> None:
        a, b, c = jax.random.split(key, 3)

        def conv(ins: int, key: Array) -> eqx.nn.Conv2d:
            layer = eqx.nn.Conv2d(ins, n, 3, padding=1, use_bias=False, padding_mode="CIRCULAR", key=key)
            return eqx.tree_at(lambda it: it.weight, layer, jax.random.normal(key, layer.weight.shape))

        self.first, self.second = conv(1, a), conv(n, b)
        self.readout = jax.random.normal(c, (n * 8 * 8,))

    def __call__(self, image: Array) -> Array:
        h = jnp.tanh(self.first(image) / 3)
        h = jnp.tanh(self.second(h) / jnp.sqrt(9 * h.shape[0]))
        flat = h.reshape(-1)
        return flat @ self.readout / jnp.sqrt(flat.size)


def make(n: int) -> tuple[Any, Any]:
    return CNN(n, key=jax.random.key(0)), jnp.ones((1, 8, 8))


def weights(params: Any) -> dict[str, Any]:
    return {
        "K1": params.first.weight[:, 0],
        "K2": params.second.weight,
        "v": params.readout.reshape(-1, 8, 8),
    }
