"""Equinox's LSTM cell in a scan that returns all states, mapped over a batch."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array


class Tagger(eqx.Module):
    cell: eqx.nn.LSTMCell
    head: eqx.nn.Linear

    def __init__(self, n: int, *, key: Array) -> None:
        a, b = jax.random.split(key)
        self.cell = eqx.nn.LSTMCell(3, n, key=a)
        self.head = eqx.nn.Linear(n, 2, key=b)

    def one(self, xs: Array) -> Array:
        zeros = jnp.zeros(self.cell.hidden_size)

        def step(state: Any, x: Array) -> Any:
            state = self.cell(x, state)
            return state, self.head(state[0])

        return jax.lax.scan(step, (zeros, zeros), xs)[1]

    def __call__(self, batch: Array) -> Array:
        return jax.vmap(self.one)(batch)


def make(n: int, key: Any = None) -> tuple[Any, Any]:
    key = jax.random.key(7) if key is None else key
    return Tagger(n, key=key), jnp.ones((2, 3, 3))
