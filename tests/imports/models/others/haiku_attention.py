"""Multi-head attention of Haiku with a mask, on embedded tokens."""

from __future__ import annotations

from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp


def make(n: int) -> tuple[Any, Any]:
    def forward(tokens: Any) -> Any:
        t = tokens.shape[-1]
        x = hk.Embed(vocab_size=7, embed_dim=n)(tokens) + hk.get_parameter(
            "positions", [t, n], init=hk.initializers.TruncatedNormal(0.02)
        )
        mask = jnp.tril(jnp.ones((1, 1, t, t)))
        scale = hk.initializers.VarianceScaling(1.0)
        h = hk.LayerNorm(-1, True, True)(x)
        x = x + hk.MultiHeadAttention(num_heads=4, key_size=n // 4, w_init=scale)(h, h, h, mask=mask)
        h = hk.LayerNorm(-1, True, True)(x)
        x = x + hk.Sequential([hk.Linear(4 * n, w_init=scale), jax.nn.gelu, hk.Linear(n, w_init=scale)])(h)
        return hk.Linear(7)(hk.LayerNorm(-1, True, True)(x))

    return hk.transform(forward), jnp.zeros((2, 5), jnp.int32)
