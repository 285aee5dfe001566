"""Limits of programs as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from finite_widths import Array, draws_of, measured

from tp.graph.axes import names
from tp.graph.graph import Graph
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.limit import Accuracy, Limits

NEURONS = 1 << 13
"""Virtual neurons of tests: few, so that they are fast."""


@dataclass(frozen=True)
class Found:
    """n^``exponent`` times ``value`` is the limit of an output; ``sampled``: it is a mean over virtual neurons."""

    exponent: Fraction
    value: Array
    sampled: bool
    random: int
    """How many random numbers it depends on."""


def limit_of(graph: Graph, inputs: Mapping[str, Array], accuracy: Accuracy | None = None) -> Found:
    """The limit of the only output of ``graph``. Raises NoLimit where there is none."""
    (output,) = graph.outputs
    limits = Limits(graph, accuracy or Accuracy(neurons=NEURONS))
    found = limits.mean(output)
    target = limits.target({output: found})
    (value,) = evaluator(target, [target.outputs[output]], 1, np.dtype("float64"))({}, inputs)
    have, wanted = names(target.type(target.outputs[output])), names(graph.type(graph.outputs[output]))
    return Found(found.exponent, value.transpose([have.index(a) for a in wanted]), limits.sampled, len(found.random))


def distance(found: Found, graph: Graph, inputs: Mapping[str, Array], n: int, draws: int, seed: int = 0) -> Array:
    """How far the means of ``draws`` draws at width ``n`` are from the limit, in standard errors.

    The error of the limit itself counts with 0.2% of its largest entry where it is sampled.
    """
    (values,) = draws_of(graph, inputs, n, draws, seed).values()
    at_width = measured(values * float(n) ** -float(found.exponent))
    own = 2e-3 * np.abs(found.value).max() if found.sampled else 0.0
    return (at_width.mean - found.value) / np.sqrt(at_width.error**2 + own**2)
