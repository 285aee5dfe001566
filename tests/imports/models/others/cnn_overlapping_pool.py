"""A convolution with explicit padding and strides, and max pooling over overlapping windows, in Haiku."""

from __future__ import annotations

from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp


def make(n: int) -> tuple[Any, Any]:
    def forward(images: Any) -> Any:
        x = hk.Conv2D(n, kernel_shape=5, stride=2, padding=[(2, 2), (2, 2)])(images)
        x = jax.nn.relu(x)
        x = hk.MaxPool(window_shape=(3, 3, 1), strides=(2, 2, 1), padding="SAME")(x)
        x = hk.Conv2D(n, kernel_shape=(3, 1), padding="VALID", with_bias=False)(x)
        x = jnp.tanh(x).mean(axis=(1, 2))
        return hk.Linear(3)(x)

    return hk.without_apply_rng(hk.transform(forward)), jnp.ones((2, 12, 12, 3))
