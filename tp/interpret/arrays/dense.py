"""The dense interpreter's weights: JAX arrays of any initial law, on any backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from tp.graph.laws import LAWS
from tp.graph.parameter import Parameter


def draw(parameters: Mapping[str, Parameter], n: int, key: Key[Array, ""], dtype: Any) -> dict[str, Float[Array, ...]]:
    """Initial weights at width ``n`` by name, axes (outs, ins); the centred part where the law has a mean.

    Every weight has a random stream of its own, so adding one to a program changes no other. Entries are drawn in
    single precision, so runs in both precisions have the same weights.
    """
    return {name: draw_one(parameters[name], n, own, dtype) for name, own in streams(parameters, key).items()}


def streams(parameters: Mapping[str, Parameter], key: Key[Array, ""]) -> dict[str, Key[Array, ""]]:
    """The key of every weight's own random stream."""
    return {name: jax.random.fold_in(key, index) for index, name in enumerate(parameters)}


def draw_one(parameter: Parameter, n: int, key: Key[Array, ""], dtype: Any) -> Float[Array, ...]:
    """One weight of :func:`draw`, from its own ``key``."""
    shape = tuple(a.at(n) for a in (*parameter.outs, *parameter.ins))
    family = LAWS[parameter.law.family]
    unit = family.draw(key, shape, jnp.float32, parameter.law.arguments or family.arguments)
    return jnp.asarray(unit, dtype) * jnp.asarray(parameter.law.scale.at(n), dtype)
