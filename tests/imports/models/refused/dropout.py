"""Dropout that is switched on."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

CODE = "TP905"
WORDS = ("key",)


class Net(eqx.Module):
    hidden: eqx.nn.Linear
    dropout: eqx.nn.Dropout
    readout: eqx.nn.Linear

    def __init__(self, n: int) -> None:
        self.hidden = eqx.nn.Linear(3, n, key=jax.random.key(0))
        self.dropout = eqx.nn.Dropout(0.5)
        self.readout = eqx.nn.Linear(n, 1, key=jax.random.key(1))

    def __call__(self, x: Any) -> Any:
        return self.readout(self.dropout(jax.nn.relu(self.hidden(x))))


def make(n: int) -> tuple[Any, Any]:
    return Net(n), jnp.ones(3)
