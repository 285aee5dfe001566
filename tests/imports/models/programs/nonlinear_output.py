"""programs/nonlinear_output.tp in Equinox."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array


class Net(eqx.Module):
    u: Array
    w: Array
    v: Array

    def __call__(self, x: Array) -> Array:
        h = jnp.tanh(jnp.matmul(self.u, x) / jnp.sqrt(16.0))
        h = jnp.tanh(jnp.matmul(self.w, h) * h.size**-0.5)
        return jnp.tanh(jnp.inner(self.v, h) * h.size**-0.5)


def make(n: int) -> tuple[Any, Any]:
    a, b, c = jax.random.split(jax.random.PRNGKey(3), 3)
    net = Net(jax.random.normal(a, (n, 16)), jax.random.normal(b, (n, n)), jax.random.normal(c, (n,)))
    return net, jnp.ones(16)


def weights(params: Any) -> dict[str, Any]:
    return {"U": params.u, "W": params.w, "v": params.v}
