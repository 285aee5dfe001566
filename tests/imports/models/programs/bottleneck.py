"""programs/bottleneck.tp in Equinox, from linear layers whose weights are replaced."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array


class Scaled(eqx.Module):
    """A linear layer with normal weights, and a multiplier."""

    linear: eqx.nn.Linear
    multiplier: float = eqx.field(static=True)

    def __init__(self, ins: int, outs: int | str, *, key: Array) -> None:
        linear = eqx.nn.Linear(ins, outs, use_bias=False, key=key)
        self.linear = eqx.tree_at(lambda it: it.weight, linear, jax.random.normal(key, linear.weight.shape))
        self.multiplier = ins**-0.5

    def __call__(self, x: Array) -> Array:
        return self.multiplier * self.linear(x)


class Bottleneck(eqx.Module):
    layers: list[Scaled]

    def __init__(self, sizes: list[int], *, key: Array) -> None:
        keys = jax.random.split(key, len(sizes))
        self.layers = [Scaled(a, b, key=k) for a, b, k in zip(sizes, [*sizes[1:], "scalar"], keys, strict=True)]

    def __call__(self, x: Array) -> Array:
        for layer in self.layers[:-1]:
            x = jnp.tanh(layer(x))
        return self.layers[-1](x)


def make(n: int) -> tuple[Any, Any]:
    return Bottleneck([16, n, 2, n], key=jax.random.key(0)), jnp.ones(16)


def weights(params: Any) -> dict[str, Any]:
    u, b, a, v = (layer.linear.weight for layer in params.layers)
    return {"U": u, "B": b, "A": a, "v": v[0]}
