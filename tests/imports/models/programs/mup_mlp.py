"""programs/mup_mlp.tp in nnx."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from flax import nnx


class MuP(nnx.Module):
    def __init__(self, d: int, n: int, *, rngs: nnx.Rngs) -> None:
        normal = nnx.initializers.normal(n**-0.5)
        self.embed = nnx.Linear(d, n, use_bias=False, kernel_init=normal, rngs=rngs)
        self.hidden = nnx.Linear(n, n, use_bias=False, kernel_init=normal, rngs=rngs)
        self.readout = nnx.Linear(n, 1, use_bias=False, kernel_init=normal, rngs=rngs)
        self.n = n

    def __call__(self, x: Any) -> Any:
        x = self.n**0.5 * self.embed(x) / x.shape[-1] ** 0.5
        x = self.hidden(nnx.tanh(x))
        return self.readout(nnx.tanh(x))[..., 0] / self.n**0.5


def make(n: int) -> tuple[Any, Any]:
    return MuP(16, n, rngs=nnx.Rngs(0)), jnp.ones((16,))


def weights(params: Any) -> dict[str, Any]:
    return {
        "U": params["embed"]["kernel"].T,
        "W": params["hidden"]["kernel"].T,
        "v": params["readout"]["kernel"][:, 0],
    }
