"""A recurrent network of nnx: its RNN around a GRU cell."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from flax import nnx

CODE = "TP907"
WORDS = ("rnn/cell/dense_h/kernel", "orthogonal")


class Net(nnx.Module):
    def __init__(self, n: int, *, rngs: nnx.Rngs) -> None:
        self.rnn = nnx.RNN(nnx.GRUCell(3, n, rngs=rngs))
        self.out = nnx.Linear(n, 1, rngs=rngs)

    def __call__(self, x: Any) -> Any:
        return self.out(self.rnn(x)[:, -1])


def make(n: int) -> tuple[Any, Any]:
    return Net(n, rngs=nnx.Rngs(0)), jnp.ones((2, 4, 3))
