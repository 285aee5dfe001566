"""A GRU of Flax, backwards too, and the mean over time."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class Net(nn.Module):
    hidden: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        both = nn.Bidirectional(nn.RNN(nn.GRUCell(self.hidden)), nn.RNN(nn.GRUCell(self.hidden)))
        return nn.Dense(1)(both(x).mean(1))[:, 0]


def make(n: int) -> tuple[Any, Any]:
    return Net(n), jnp.ones((1, 3, 4))
