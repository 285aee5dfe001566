"""Equinox's GRU cell in a scan, as in its documentation."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array, lax


class RNN(eqx.Module):
    hidden_size: int
    cell: eqx.nn.GRUCell
    linear: eqx.nn.Linear
    bias: Array

    def __init__(self, in_size: int, out_size: int, hidden_size: int, *, key: Array) -> None:
        ckey, lkey = jax.random.split(key)
        self.hidden_size = hidden_size
        self.cell = eqx.nn.GRUCell(in_size, hidden_size, key=ckey)
        self.linear = eqx.nn.Linear(hidden_size, out_size, use_bias=False, key=lkey)
        self.bias = jnp.zeros(out_size)

    def __call__(self, input: Array) -> Array:
        hidden = jnp.zeros((self.hidden_size,))

        def f(carry: Array, inp: Array) -> tuple[Array, None]:
            return self.cell(inp, carry), None

        out, _ = lax.scan(f, hidden, input)
        return jax.nn.sigmoid(self.linear(out) + self.bias)


def make(n: int) -> tuple[Any, Any]:
    return RNN(2, 1, n, key=jax.random.PRNGKey(5678)), jnp.ones((3, 2))
