"""A net that forgets the width: its layers are the same at every one."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax.numpy as jnp

CODE = "TP901"
WORDS = ("no weight has an axis that grows with the width",)


class Net(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        return nn.Dense(1)(nn.tanh(nn.Dense(64)(x)))


def make(n: int) -> tuple[Any, Any]:
    return Net(n), jnp.ones(3)
