"""The conditioned interpreter's weights: initial weights, those that need not exist left unknown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import jax

from tp.graph.parameter import Parameter
from tp.interpret.dense import draw_one
from tp.interpret.evaluate import Weights
from tp.interpret.gaussian import unknown
from tp.interpret.work import sizes


def draw(
    parameters: Mapping[str, Parameter], n: int, key: jax.Array, dtype: Any, absent: Collection[str] = ()
) -> Weights:
    """Initial weights as :func:`tp.interpret.dense.draw` has them, those in ``absent`` as yet unknown matrices."""
    weights: Weights = {}
    for index, (name, parameter) in enumerate(parameters.items()):
        stream = jax.random.fold_in(key, index)
        if name in absent:
            weights[name] = unknown(*sizes(parameter, n), stream, dtype)
        else:
            weights[name] = draw_one(parameter, n, stream, dtype)
    return weights
