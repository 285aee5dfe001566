"""programs/rnn.tp in nnx, scanned by nnx.scan."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from flax import nnx

NORMAL = nnx.initializers.normal(1.0)


class RNN(nnx.Module):
    def __init__(self, d: int, n: int, *, rngs: nnx.Rngs) -> None:
        self.inputs = nnx.Linear(d, n, use_bias=False, kernel_init=NORMAL, rngs=rngs)
        self.hidden = nnx.Linear(n, n, use_bias=False, kernel_init=NORMAL, rngs=rngs)
        self.readout = nnx.Linear(n, 1, use_bias=False, kernel_init=NORMAL, rngs=rngs)

    def __call__(self, x: Any) -> Any:
        drives = self.inputs(x) / x.shape[-1] ** 0.5
        root = drives.shape[-1] ** 0.5

        @nnx.scan(in_axes=(nnx.Carry, None, 0), out_axes=nnx.Carry)
        def run(h: Any, hidden: Any, drive: Any) -> Any:
            return hidden(nnx.tanh(h)) / root + drive

        h = run(drives[0], self.hidden, drives[1:])
        return self.readout(nnx.tanh(h))[0] / root


def make(n: int) -> tuple[Any, Any]:
    return RNN(8, n, rngs=nnx.Rngs(0)), jnp.ones((8, 8))


def weights(params: Any) -> dict[str, Any]:
    return {
        "U": params["inputs"]["kernel"].T,
        "W": params["hidden"]["kernel"].T,
        "v": params["readout"]["kernel"][:, 0],
    }
