"""programs/gru.tp in Flax linen: a cell of its own, and nn.scan over the tokens after the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flax.linen as nn
import jax.numpy as jnp

GATES = ("update", "reset", "candidate")


class Affine(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x: Any, h: Any) -> Any:
        u = self.param("u", nn.initializers.normal(1.0), (x.shape[-1], self.features))
        w = self.param("w", nn.initializers.normal(1.0), (h.shape[-1], self.features))
        b = self.param("b", nn.initializers.normal(0.1), (self.features,))
        return x @ u / x.shape[-1] ** 0.5 + h @ w / h.shape[-1] ** 0.5 + b


class Cell(nn.Module):
    features: int

    @nn.compact
    def __call__(self, h: Any, x: Any) -> Any:
        update = nn.sigmoid(Affine(self.features, name="update")(x, h))
        reset = nn.sigmoid(Affine(self.features, name="reset")(x, h))
        candidate = nn.tanh(Affine(self.features, name="candidate")(x, reset * h))
        h = (1.0 - update) * h + update * candidate
        return h, h


class GRU(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        start = nn.Dense(self.width, use_bias=False, kernel_init=nn.initializers.normal(1.0), name="start")
        h = nn.tanh(start(x[0]) / x.shape[-1] ** 0.5)
        scan = nn.scan(Cell, variable_broadcast="params", split_rngs={"params": False})
        h, _ = scan(self.width, name="cell")(h, x[1:])
        v = self.param("v", nn.initializers.normal(1.0), (self.width,))
        return jnp.vdot(h, v) / self.width**0.5


def make(n: int) -> tuple[Any, Any]:
    return GRU(n), jnp.ones((4, 8))


def weights(p: Mapping[str, Any]) -> dict[str, Any]:
    affine = {f"cell/{gate}/{name.upper()}": p["cell"][gate][name].T for gate in GATES for name in "uw"}
    biases = {f"cell/{gate}/b": p["cell"][gate]["b"] for gate in GATES}
    return {"U": p["start"]["kernel"].T, **affine, **biases, "v": p["v"]}
