"""The conditioned interpreter's weights: initial weights of which some are matrix-free."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from jaxtyping import Array, Key

from tp.graph.parameter import Parameter
from tp.interpret.arrays.dense import draw_one, streams
from tp.interpret.arrays.evaluate import Weights
from tp.interpret.arrays.gaussian import unknown
from tp.interpret.cost.work import sizes


def draw(
    parameters: Mapping[str, Parameter], n: int, key: Key[Array, ""], dtype: Any, absent: Collection[str] = ()
) -> Weights:
    """Initial weights as :func:`tp.interpret.arrays.dense.draw` has them; those in ``absent`` are matrix-free."""

    def one(name: str, own: Key[Array, ""]) -> Any:
        parameter = parameters[name]
        if name in absent:
            return unknown(*sizes(parameter, n), own, dtype)
        return draw_one(parameter, n, own, dtype)

    return {name: one(name, own) for name, own in streams(parameters, key).items()}
