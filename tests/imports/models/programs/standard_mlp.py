"""programs/standard_mlp.tp in nnx, with the learning rate 1/n."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx


class MLP(nnx.Module):
    def __init__(self, d: int, n: int, rngs: nnx.Rngs) -> None:
        self.hidden = nnx.Param(jax.random.normal(rngs.params(), (d, n)) / d**0.5)
        self.readout = nnx.Param(jax.random.normal(rngs.params(), (n, 1)) / n**0.5)

    def __call__(self, x: Any) -> Any:
        return jnp.tanh(x @ self.hidden[...]) @ self.readout[...]


def make(n: int) -> tuple[Any, ...]:
    return MLP(16, n, nnx.Rngs(0)), jnp.ones((5, 16)), optax.sgd(1 / n)


def weights(params: Any) -> dict[str, Any]:
    return {"U": params["hidden"].T, "v": params["readout"][:, 0]}
