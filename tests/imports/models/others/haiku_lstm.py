"""An LSTM of Haiku over [time, batch, features]."""

from __future__ import annotations

from typing import Any

import haiku as hk
import jax.numpy as jnp


def make(n: int) -> tuple[Any, Any]:
    def forward(xs: Any) -> Any:
        core = hk.LSTM(n)
        outputs, _ = hk.dynamic_unroll(core, xs, core.initial_state(xs.shape[1]))
        return hk.Linear(2)(outputs[-1])

    return hk.transform(forward), jnp.ones((4, 2, 3))
