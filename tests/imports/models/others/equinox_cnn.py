"""Convolutions, group norm and pooling of Equinox in one dimension and in two, with eqx.nn.Sequential."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp


class Sum(eqx.Module):
    two: eqx.nn.Sequential
    one: eqx.nn.Sequential
    head: eqx.nn.Linear

    def __call__(self, image: Any) -> Any:
        """image: [3, 8, 8]"""
        h = self.two(image)
        h = self.one(h.reshape(h.shape[0], -1))
        return self.head(jnp.mean(h, axis=1))


def make(n: int) -> tuple[Any, Any]:
    a, b, c, d = jax.random.split(jax.random.key(0), 4)
    two = eqx.nn.Sequential(
        [
            eqx.nn.Conv2d(3, n, kernel_size=3, padding=1, key=a),
            eqx.nn.GroupNorm(4, n),
            eqx.nn.Lambda(jax.nn.relu),
            eqx.nn.MaxPool2d(kernel_size=2, stride=2),
            eqx.nn.Conv2d(n, n, kernel_size=2, stride=2, key=b),
            eqx.nn.Lambda(jnp.tanh),
        ]
    )
    one = eqx.nn.Sequential([eqx.nn.Conv1d(n, n, 3, padding="SAME", key=c), eqx.nn.Lambda(jax.nn.softplus)])
    return Sum(two, one, eqx.nn.Linear(n, 2, key=d)), jnp.ones((3, 8, 8))
