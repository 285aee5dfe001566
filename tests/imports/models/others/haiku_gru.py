"""A GRU of Haiku, on one-hot tokens, unrolled by Python; layer norm and an MLP of Haiku."""

from __future__ import annotations

from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp


class Model(hk.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def __call__(self, tokens: Any) -> Any:
        core = hk.GRU(self.width)
        xs = jax.nn.one_hot(tokens, 6)
        outputs, _ = hk.static_unroll(core, xs, core.initial_state(None))
        x = hk.LayerNorm(axis=-1, create_scale=True, create_offset=True)(outputs)
        return hk.nets.MLP([self.width, 1], activation=jnp.tanh)(x)


def make(n: int) -> tuple[Any, Any]:
    return hk.without_apply_rng(hk.transform(lambda tokens: Model(n)(tokens))), jnp.array([2, 0, 5])
