"""Functions that ``hk.transform`` or ``hk.transform_with_state`` has made pure."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

from tp.imports.frameworks.inputs import Arguments, arguments
from tp.imports.frameworks.pair import Pair, below, of_real_numbers

NAME = "haiku"
_STATE = "state"


def recognised(made: Any) -> bool:
    """Whether ``made`` is a transformed function of Haiku."""
    haiku = sys.modules.get("haiku")
    return haiku is not None and isinstance(made, haiku.Transformed | haiku.TransformedWithState)


def pair(transformed: Any, inputs: Any) -> tuple[Pair, Arguments]:
    """``transformed.init`` and ``transformed.apply`` without random numbers; a new state is dropped.

    A state, such as running means, stands under ``state`` beside the parameters. It is not trained.
    """
    haiku: Any = sys.modules["haiku"]
    with_state = isinstance(transformed, haiku.TransformedWithState)
    before = 2 if with_state else 1
    random = (None,) * _takes_a_key(transformed.apply, before)
    given = arguments(inputs, transformed.apply, before + len(random))

    def apply(weights: Any, *arrays: Any) -> Any:
        return given.call(transformed.apply, weights, *random, arrays=arrays)

    if not with_state:
        return Pair(lambda key: given.call(transformed.init, key), apply), given

    def init_both(key: Any) -> Any:
        return weights_of(given.call(transformed.init, key))

    def weights_of(both: Any) -> Any:
        params, state = both
        return {**params, **({_STATE: state} if state else {})}

    def trained(weights: Any) -> Any:
        return {name: part for name, part in weights.items() if name != _STATE}

    def apply_both(weights: Any, *arrays: Any) -> Any:
        state = weights.get(_STATE, {})
        return given.call(transformed.apply, trained(weights), state, *random, arrays=arrays)[0]

    return of_real_numbers(Pair(init_both, apply_both, below(frozenset({_STATE})), trained, weights_of)), given


def _takes_a_key(apply: Callable[..., Any], place: int) -> bool:
    """Whether the parameter at ``place`` is a key: it is not, after ``hk.without_apply_rng``."""
    names = list(inspect.signature(apply).parameters)
    return len(names) > place and names[place] == "rng"
