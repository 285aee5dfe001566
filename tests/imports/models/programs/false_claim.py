"""programs/false_claim.tp in Haiku."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import haiku as hk
import jax.numpy as jnp


def make(n: int) -> tuple[Any, Any]:
    def forward(x: Any) -> Any:
        normal = hk.initializers.RandomNormal(1.0)
        for size in (n, n):
            x = jnp.tanh(hk.Linear(size, with_bias=False, w_init=normal)(x) / x.shape[-1] ** 0.5)
        return hk.Linear(1, with_bias=False, w_init=normal, name="readout")(x)[..., 0] / n**0.5

    net = hk.without_apply_rng(hk.transform(forward))
    return net, jnp.ones((16,))


def weights(params: Mapping[str, Any]) -> dict[str, Any]:
    u, w, v = (params[name]["w"] for name in ("linear", "linear_1", "readout"))
    return {"U": u.T, "W": w.T, "v": v[:, 0]}
