"""programs/beyond/orthogonal_mlp.tp in Flax linen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flax.linen as nn
import jax.numpy as jnp

PROGRAM = "beyond/orthogonal_mlp"


class MLP(nn.Module):
    width: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        n = self.width
        x = nn.Dense(n, use_bias=False, kernel_init=nn.initializers.normal(1.0))(x) / 4
        for _ in range(2):
            dense = nn.Dense(n, use_bias=False, kernel_init=nn.initializers.orthogonal(scale=n**0.5))
            x = dense(jnp.tanh(x)) / n**0.5
        return (nn.Dense(1, use_bias=False, kernel_init=nn.initializers.normal(1.0))(jnp.tanh(x)) / n**0.5).sum()


def make(n: int) -> tuple[Any, Any]:
    return MLP(n), jnp.ones(16)


def weights(params: Mapping[str, Any]) -> dict[str, Any]:
    u, w2, w3, v = (params[f"Dense_{i}"]["kernel"] for i in range(4))
    return {"U": u.T, "W[2]": w2.T, "W[3]": w3.T, "v": v[:, 0]}
