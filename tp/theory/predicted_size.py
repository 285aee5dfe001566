"""The predicted size of a quantity: the coefficient beside its power of n, from its program at infinite width.

The limit of n^-e Q is a fixed number, or a sum over neurons whose law is normal, or both. Where it rests on random
numbers, or on fluctuations of sums that the limit leaves out, no size is predicted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, sqrt
from typing import Any

import numpy as np

from tp.graph.graph import Graph
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.cost.memory import live_entries
from tp.interpret.limit import Accuracy, Limit, Limits, NoLimit
from tp.ndarray import NDArray
from tp.quantities.definitions import Quantity
from tp.quantities.separate import separate_program
from tp.quantities.slots import arrange

MOST_CONTRACTED = 2
"""Sizes are predicted of C[0,d] with d up to this: means of products of more functions take minutes."""
MOST_NODES = 300
"""They are predicted where the program of the quantity has no more nodes than this, for the same reason."""
MOST_ENTRIES = 1 << 26
"""They are predicted where their evaluation has no more numbers than this in memory at once, half a gigabyte."""
NEURONS = 1 << 14
"""Virtual neurons of a mean without another rule."""
SAMPLED, EXACT = 0.02, 1e-6
"""Relative errors that are allowed for: of means over virtual neurons, and of all others."""
_NOTHING = 1e-9
"""A size below this is taken for zero: the limit is of smaller order than its structure says."""


@dataclass(frozen=True, slots=True)
class PredictedSize:
    """n^-``exponent`` Q tends to a number with this ``mean`` and standard ``deviation``, known to a relative ``error``.

    It is a fixed number where the deviation is 0, and normal otherwise.
    """

    exponent: Fraction
    mean: float
    deviation: float
    error: float

    @property
    def root_mean_square(self) -> float:
        return sqrt(self.mean**2 + self.deviation**2)


def predicted_size(
    program: Graph, quantity: Quantity, inputs: Mapping[str, NDArray[np.float64]]
) -> PredictedSize | None:
    """The size of ``quantity`` at ``inputs[name]`` [slots, ...axes], x_0 first; None where none is predicted."""
    if quantity.free or quantity.contracted > MOST_CONTRACTED:
        return None
    graph = separate_program(program, quantity)
    if graph is None or len(graph) > MOST_NODES:
        return None
    limits = Limits(graph, Accuracy(neurons=NEURONS))
    try:
        moments = _moments(limits, quantity.name)
        if moments is None:
            return None
        exponent, found = moments
        values = _evaluated(limits, found, arrange(program, inputs, max(quantity.contracted, 1)))
    except (NoLimit, ValueError, ArithmeticError):
        return None
    mean, variance = values.get("mean", 0.0), values.get("variance", 0.0)
    if not (isfinite(mean) and isfinite(variance)) or variance < 0 or mean**2 + variance < _NOTHING**2:
        return None
    error = SAMPLED if limits.sampled else EXACT
    return PredictedSize(exponent, mean, sqrt(variance), error)


def _moments(limits: Limits, name: str) -> tuple[Fraction, dict[str, Limit]] | None:
    """The exponent of n, and the mean and the variance of the leading term; None where it is random otherwise."""
    value = limits.value(name)
    found: dict[str, Limit] = {}
    if value.terms:
        found["mean"] = limits.mean(name)
    if value.parts:
        found["variance"] = limits.covariance(name, name)
    if not found or any(limit.random for limit in found.values()):
        return None
    return value.exponent, found


def _evaluated(limits: Limits, found: Mapping[str, Limit], inputs: Mapping[str, Any]) -> dict[str, float]:
    target = limits.target(found)
    roots = list(target.outputs.values())
    if live_entries([(target, roots)], 1) > MOST_ENTRIES:
        raise NoLimit("TP644", "the limit takes too much memory")
    values = evaluator(target, roots, 1, np.dtype(np.float64))({}, inputs)
    return {name: float(np.asarray(value)) for name, value in zip(target.outputs, values, strict=True)}
