"""The scan of Flax over time, with a simple cell, and a dense layer for the last carry."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class SimpleScan(nn.Module):
    features: int

    @nn.compact
    def __call__(self, xs: Any) -> Any:
        scan = nn.scan(nn.SimpleCell, variable_broadcast="params", split_rngs={"params": False}, in_axes=1, out_axes=1)
        cell = scan(self.features)
        carry = cell.initialize_carry(jax.random.key(0), xs[:, 0].shape)
        carry, _ = cell(carry, xs)
        return nn.Dense(4)(carry)


def make(n: int) -> tuple[Any, Any]:
    return SimpleScan(n), jnp.ones((2, 5, 3))
