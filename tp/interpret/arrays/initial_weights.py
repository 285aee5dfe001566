"""Initial weights: arrays of any initial law, or matrix-free Gaussian matrices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from tp.graph.laws import LAWS
from tp.graph.parameter import Parameter
from tp.interpret.arrays.conditioned_matrix import unknown
from tp.interpret.arrays.orthonormal import Array
from tp.interpret.arrays.streams import Seed, fold, of_key, source
from tp.interpret.cost.work import sizes


def draw(
    parameters: Mapping[str, Parameter], n: int, key: Any, dtype: Any, absent: Collection[str] = ()
) -> dict[str, Any]:
    """Initial weights at width ``n`` by name, axes (outs, ins); the centred part where the law has a mean.

    Weights in ``absent`` are matrix-free. Every weight has a random stream of its own, so adding one to a program
    changes no other. Entries are drawn in single precision, so runs in both precisions have the same weights.
    ``key`` is a key of JAX or a seed of NumPy; arrays are of the same kind.
    """
    keys = {name: fold(key, index) for index, name in enumerate(parameters)}
    return {
        name: unknown(*sizes(parameters[name], n), own, dtype)
        if name in absent
        else _array(parameters[name], n, own, dtype)
        for name, own in keys.items()
    }


def drawn_side_by_side(
    parameters: Mapping[str, Parameter], n: int, seeds: Sequence[Seed], dtype: Any, absent: Collection[str] = ()
) -> dict[str, Any]:
    """:func:`draw` for every one of ``seeds``, along a first axis."""
    out: dict[str, Any] = {}
    for index, (name, parameter) in enumerate(parameters.items()):
        if name in absent:
            out[name] = unknown(*sizes(parameter, n), fold(tuple(seeds), index), dtype)
            continue
        shape = tuple(a.at(n) for a in (*parameter.outs, *parameter.ins))
        out[name] = np.empty((len(seeds), *shape), dtype)
        for k, seed in enumerate(seeds):
            out[name][k] = _array(parameter, n, fold(seed, index), dtype)
    return out


def _array(parameter: Parameter, n: int, key: Any, dtype: Any) -> Float[Array, ...]:
    xp, shape = of_key(key), tuple(a.at(n) for a in (*parameter.outs, *parameter.ins))
    family = LAWS[parameter.law.family]
    unit = family.draw(source(key), shape, parameter.law.arguments or family.arguments)
    return xp.asarray(unit, dtype) * xp.asarray(parameter.law.scale.at(n), dtype)
