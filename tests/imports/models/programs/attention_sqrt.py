"""programs/attention_sqrt.tp in Haiku."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp


class Scaled(hk.Module):
    """A linear map with a normal weight, divided by the root of the number of inputs."""

    def __init__(self, size: int, deviation: float = 1.0, name: str | None = None) -> None:
        super().__init__(name=name)
        self.size, self.deviation = size, deviation

    def __call__(self, x: Any) -> Any:
        w = hk.get_parameter("w", [x.shape[-1], self.size], init=hk.initializers.RandomNormal(self.deviation))
        return jnp.dot(x, w) / jnp.sqrt(x.shape[-1])


def make(n: int) -> tuple[Any, Any]:
    def forward(x: Any) -> Any:
        e = jnp.tanh(Scaled(n, name="embed")(x))
        q, k, v = Scaled(n, 2.0, name="query")(e), Scaled(n, 2.0, name="key")(e), Scaled(n, name="value")(e)
        scores = jnp.einsum("td,sd->ts", q, k) / jnp.sqrt(n)
        mixed = jnp.einsum("ts,sd->td", jax.nn.softmax(scores), v)
        return jnp.squeeze(Scaled(1, name="readout")(jnp.mean(jnp.tanh(mixed), axis=0)))

    return hk.transform(forward), jnp.ones((8, 8))


def weights(params: Mapping[str, Any]) -> dict[str, Any]:
    names = {"E": "embed", "Q": "query", "K": "key", "V": "value"}
    return {**{name: params[word]["w"].T for name, word in names.items()}, "v": params["readout"]["w"][:, 0]}
