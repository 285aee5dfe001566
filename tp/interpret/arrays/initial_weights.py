"""Initial weights: arrays of any initial law, or matrix-free matrices of the laws that have them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from tp.graph.parameter import Parameter
from tp.interpret.cost.kinds import begin, drawing, form_of, size_of, sizes
from tp.matrix_free.orthonormal import Array
from tp.matrix_free.source import Source
from tp.matrix_free.streams import fold, of_key, source


def draw(
    parameters: Mapping[str, Parameter], n: int, key: Any, dtype: Any, absent: Collection[str] = ()
) -> dict[str, Any]:
    """Initial weights at width ``n`` by name, axes (outs, ins); the centred part where the law has a mean.

    Weights in ``absent`` are matrix-free. Every weight has a random stream of its own, so adding one to a program
    changes no other. Entries are drawn in single precision, so runs in both precisions have the same weights.
    ``key`` is a key of JAX or a seed of NumPy; arrays are of the same kind. It may be a tuple of seeds:
    each of them has weights of its own, along a first axis.
    """
    keys = {name: fold(key, index) for index, name in enumerate(parameters)}
    return {name: (begin if name in absent else _array)(parameters[name], n, own, dtype) for name, own in keys.items()}


def _array(parameter: Parameter, n: int, key: Any, dtype: Any) -> Float[Array, ...]:
    if isinstance(key, tuple):
        made = np.empty((len(key), *(a.at(n) for a in (*parameter.outs, *parameter.ins))), dtype)
        for number, one in enumerate(key):
            made[number] = _array(parameter, n, one, dtype)
        return made
    xp, unit = of_key(key), unit_weight(parameter, n, source(key), dtype)
    return xp.asarray(unit, dtype) * xp.asarray(parameter.law.scale.at(n), dtype)


def unit_weight(parameter: Parameter, n: int, numbers: Source, dtype: Any) -> Float[Array, ...]:
    """The weight in units of its deviation. A structure sees the axes of each side as one, in their order."""
    shape = tuple(a.at(n) for a in (*parameter.outs, *parameter.ins))
    form, entries = form_of(parameter), drawing(parameter)
    if form is None:
        return entries(numbers, shape)
    return form.draw(numbers, *sizes(parameter, n), size_of(parameter, n), entries, dtype).reshape(shape)
