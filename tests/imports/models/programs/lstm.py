"""programs/lstm.tp in Equinox: one weight for all gates, and lax.scan over the tokens after the first."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

GATES = ("gate", "forget", "out", "cell")


class Cell(eqx.Module):
    inputs: Array
    hidden: Array
    bias: Array

    def __init__(self, d: int, n: int, *, key: Array) -> None:
        a, b, c = jax.random.split(key, 3)
        self.inputs = jax.random.normal(a, (4 * n, d))
        self.hidden = jax.random.normal(b, (4 * n, n))
        self.bias = 0.1 * jax.random.normal(c, (4 * n,))

    def __call__(self, x: Array, state: tuple[Array, Array]) -> tuple[Array, Array]:
        h, c = state
        together = self.inputs @ x / jnp.sqrt(x.size) + self.hidden @ h / jnp.sqrt(h.size) + self.bias
        gate, forget, out, cell = jnp.split(together, 4)
        c = jax.nn.sigmoid(forget) * c + jax.nn.sigmoid(gate) * jnp.tanh(cell)
        return jax.nn.sigmoid(out) * jnp.tanh(c), c


class LSTM(eqx.Module):
    start: Array
    cell: Cell
    readout: Array

    def __init__(self, d: int, n: int, *, key: Array) -> None:
        a, b, c = jax.random.split(key, 3)
        self.start = jax.random.normal(a, (n, d))
        self.cell = Cell(d, n, key=b)
        self.readout = jax.random.normal(c, (n,))

    def __call__(self, xs: Array) -> Array:
        c = jnp.tanh(self.start @ xs[0] / jnp.sqrt(xs.shape[1]))
        (h, _), _ = jax.lax.scan(lambda state, x: (self.cell(x, state), None), (jnp.tanh(c), c), xs[1:])
        return jnp.dot(self.readout, h) / jnp.sqrt(h.size)


def make(n: int) -> tuple[Any, Any]:
    return LSTM(8, n, key=jax.random.key(0)), jnp.ones((4, 8))


def weights(params: Any) -> dict[str, Any]:
    parts = {"U": params.cell.inputs, "W": params.cell.hidden, "b": params.cell.bias}
    split = {
        f"cell/{gate}/{name}": part
        for name, w in parts.items()
        for gate, part in zip(GATES, jnp.split(w, 4), strict=True)
    }
    return {"U": params.start, **split, "v": params.readout}
