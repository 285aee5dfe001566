"""Modules of ``flax.linen``: variables in collections, of which ``params`` is trained."""

from __future__ import annotations

import sys
from typing import Any

from tp.diagnostics.diagnostic import error
from tp.imports.frameworks.inputs import Arguments, arguments
from tp.imports.frameworks.pair import Pair, below, none, of_real_numbers

NAME = "flax"
CALL = "__call__"
_TRAINED = "params"


def recognised(made: Any) -> bool:
    """Whether ``made`` is a module of linen, or the class of one."""
    linen = sys.modules.get("flax.linen")
    return linen is not None and (
        isinstance(made, linen.Module) or (isinstance(made, type) and issubclass(made, linen.Module))
    )


def pair(module: Any, inputs: Any) -> tuple[Pair, Arguments]:
    """``module.init`` and ``module.apply``. Updates of collections, such as running means, are dropped.

    Weights are those of ``params`` by the names of modules; other collections stand under their own name beside them.
    """
    if isinstance(module, type):
        hint = f"return {module.__name__}(...), with the sizes that belong to the width n"
        raise error("TP904", f"make returned the class {module.__name__}, not a module", hint=hint)
    given = arguments(inputs, type(module).__call__, 1)
    import jax

    def drawn(key: Any) -> Any:
        return given.call(module.init, key)

    shapes = jax.eval_shape(drawn, jax.random.key(0))
    others = frozenset(name for name in shapes if name != _TRAINED)
    plain = bool(others & set(shapes.get(_TRAINED, {})))

    def init(key: Any) -> Any:
        return weights_of(drawn(key))

    def weights_of(variables: Any) -> Any:
        if plain:
            return dict(variables)
        if not others and _TRAINED not in variables:
            return variables
        return {**variables.get(_TRAINED, {}), **{name: variables[name] for name in others}}

    def variables_of(weights: Any) -> Any:
        if plain:
            return weights
        return {_TRAINED: trained(weights), **{name: weights[name] for name in others}}

    def trained(weights: Any) -> Any:
        return weights[_TRAINED] if plain else {name: part for name, part in weights.items() if name not in others}

    def apply(weights: Any, *arrays: Any) -> Any:
        if not others:
            return given.call(module.apply, {_TRAINED: weights}, arrays=arrays)
        outputs, _ = given.call(
            lambda *a, **k: module.apply(*a, **k, mutable=sorted(others)), variables_of(weights), arrays=arrays
        )
        return outputs

    found = Pair(init, apply, below(others) if others else none, trained if others else None, weights_of)
    return (of_real_numbers(found) if others else found), given
