"""An LSTM of Flax over a sequence, and a dense layer on the last hidden state."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp


class Classifier(nn.Module):
    hidden: int
    classes: int = 3

    @nn.compact
    def __call__(self, x: Any) -> Any:
        hs = nn.RNN(nn.LSTMCell(self.hidden))(x)
        return nn.Dense(self.classes)(hs[:, -1])


def make(n: int) -> tuple[Any, Any]:
    return Classifier(n), jnp.ones((2, 4, 5))
