"""Modules of Equinox: trees whose arrays of real numbers are weights."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tp.imports.frameworks.inputs import Arguments, arguments
from tp.imports.frameworks.pair import Pair

NAME = "equinox"


def recognised(made: Any) -> bool:
    """Whether ``made`` is a module of Equinox."""
    equinox = sys.modules.get("equinox")
    return equinox is not None and isinstance(made, equinox.Module)


def pair(module: Any, inputs: Any, again: Callable[[Any], Any] | None) -> tuple[Pair, Arguments]:
    """Partition into weights and the rest, and combining both again to call the module. ``again`` as for nnx."""
    import jax

    equinox: Any = sys.modules["equinox"]
    weights, rest = equinox.partition(module, equinox.is_inexact_array)
    given = arguments(inputs, type(module).__call__, 1)

    def weights_of(built: Any) -> Any:
        return equinox.filter(built, equinox.is_inexact_array)

    def init(key: Any) -> Any:
        if again is None:
            return weights
        # A class that is defined inside make is another one each time.
        return jax.tree.unflatten(jax.tree.structure(weights), jax.tree.leaves(weights_of(again(key))))

    def apply(weights: Any, *arrays: Any) -> Any:
        return given.call(equinox.combine(weights, rest), arrays=arrays)

    return Pair(init, apply, weights=weights_of), given
