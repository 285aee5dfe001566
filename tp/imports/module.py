"""A module at one width, as two pure functions: what every framework is brought to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Module:
    """A module at one width.

    Fields:
        init: weights from a key of JAX: a tree (dictionaries, lists, dataclasses that JAX knows) of arrays.
        apply: outputs from weights and inputs, ``apply(weights, *inputs)``; one array, or a tree of arrays.
        inputs: arrays by the name of the argument, in order. Whole numbers are indices, such as tokens.
        frozen: whether training leaves the weight at a path of keys as it is.
        optimizer: an optax optimiser, or None.
        rates: learning rates by path (``"Dense_0/kernel"``) or by a prefix of paths; empty: none are given.
        weights: the tree that ``apply`` takes, from weights in the form that the framework has them.
    """

    init: Callable[[Any], Any]
    apply: Callable[..., Any]
    inputs: Mapping[str, Any]
    frozen: Callable[[tuple[str, ...]], bool] = lambda path: False
    optimizer: Any = None
    rates: Mapping[str, float] = field(default_factory=dict[str, float])
    weights: Callable[[Any], Any] = lambda weights: weights
