"""Initial weights: JAX arrays of any initial law, or matrix-free Gaussian matrices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from tp.graph.laws import LAWS
from tp.graph.parameter import Parameter
from tp.interpret.arrays.conditioned_matrix import unknown
from tp.interpret.cost.work import sizes


def draw(
    parameters: Mapping[str, Parameter], n: int, key: Key[Array, ""], dtype: Any, absent: Collection[str] = ()
) -> dict[str, Any]:
    """Initial weights at width ``n`` by name, axes (outs, ins); the centred part where the law has a mean.

    Weights in ``absent`` are matrix-free. Every weight has a random stream of its own, so adding one to a program
    changes no other. Entries are drawn in single precision, so runs in both precisions have the same weights.
    """
    keys = {name: jax.random.fold_in(key, index) for index, name in enumerate(parameters)}
    return {
        name: unknown(*sizes(parameters[name], n), own, dtype)
        if name in absent
        else _array(parameters[name], n, own, dtype)
        for name, own in keys.items()
    }


def _array(parameter: Parameter, n: int, key: Key[Array, ""], dtype: Any) -> Float[Array, ...]:
    shape = tuple(a.at(n) for a in (*parameter.outs, *parameter.ins))
    family = LAWS[parameter.law.family]
    unit = family.draw(key, shape, jnp.float32, parameter.law.arguments or family.arguments)
    return jnp.asarray(unit, dtype) * jnp.asarray(parameter.law.scale.at(n), dtype)
