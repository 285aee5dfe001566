"""programs/beyond/orthogonal_rnn.tp in Equinox, with a loop over the tokens that Python unrolls."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

PROGRAM = "beyond/orthogonal_rnn"


class RNN(eqx.Module):
    inputs: Array
    hidden: Array
    readout: Array

    def __call__(self, tokens: Array) -> Array:
        a = tokens @ self.inputs.T / jnp.sqrt(8)
        h = a[0]
        for drive in a[1:]:
            h = self.hidden @ jnp.tanh(h) + drive
        return (self.readout * jnp.tanh(h)).sum() / jnp.sqrt(h.shape[0])


def make(n: int) -> tuple[Any, ...]:
    a, b, c = jax.random.split(jax.random.key(1), 3)
    orthogonal = jax.nn.initializers.orthogonal()(b, (n, n))
    return (
        RNN(jax.random.normal(a, (n, 8)), orthogonal, jax.random.normal(c, (n,))),
        jnp.ones((4, 8)),
        None,
        {"": 1, "hidden": 1 / n},
    )


def weights(params: Any) -> dict[str, Any]:
    return {"U": params.inputs, "W": params.hidden, "v": params.readout}
