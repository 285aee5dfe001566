"""programs/beyond/deep_equilibrium.tp in Equinox: seven steps by fori_loop."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

PROGRAM = "beyond/deep_equilibrium"


class Equilibrium(eqx.Module):
    u: Array
    w: Array
    v: Array
    steps: int = eqx.field(static=True, default=8)

    def __call__(self, x: Array) -> Array:
        n = self.w.shape[0]
        drive = self.u @ x / jnp.sqrt(x.shape[0])

        def step(_: Any, h: Array) -> Array:
            return jnp.tanh(self.w @ h / jnp.sqrt(n) + drive)

        h = jax.lax.fori_loop(1, self.steps, step, jnp.tanh(drive))
        return self.v @ h / jnp.sqrt(n)


def make(n: int) -> tuple[Any, Any]:
    keys = jax.random.split(jax.random.key(0), 3)
    u, v = jax.random.normal(keys[0], (n, 8)), jax.random.normal(keys[2], (n,))
    return Equilibrium(u, jax.random.normal(keys[1], (n, n)) / 4, v), jnp.ones(8)


def weights(params: Any) -> dict[str, Any]:
    return {"U": params.u, "W": params.w, "v": params.v}
