"""Modules of ``flax.nnx``: objects that hold their variables, of which ``Param`` is trained."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from tp.diagnostics.diagnostic import error
from tp.imports.frameworks.inputs import Arguments, arguments
from tp.imports.frameworks.pair import Pair, none
from tp.imports.traced.jax_internals import depends

NAME = "flax"


def recognised(made: Any) -> bool:
    """Whether ``made`` is a module of nnx."""
    nnx = sys.modules.get("flax.nnx")
    return nnx is not None and isinstance(made, nnx.Module)


def pair(module: Any, inputs: Any, again: Callable[[Any], Any] | None) -> tuple[Pair, Arguments]:
    """Splitting off the variables, and merging them again to call the module.

    Args:
        module: the module.
        inputs: the arguments of its call.
        again: the module that ``make`` builds with another key. None: weights are those of ``module`` at every key.

    Raises:
        TpError: TP904, when it is applied, where it draws random numbers.
    """
    import jax

    nnx: Any = sys.modules["flax.nnx"]
    given = arguments(inputs, type(module).__call__, 1)

    def split(built: Any) -> tuple[Any, Any, Any, Any]:
        """Its structure, trained weights, streams of random numbers, and other variables."""
        return nnx.split(built, nnx.Param, nnx.RngState, ...)

    graph, params, streams, others = split(module)
    whole = {path for path, held in nnx.to_flat_state(others) if not _drawn(held)}
    left_alone = frozenset(path for path, _ in _leaves(others)) - whole

    def init(key: Any) -> Any:
        return weights_of(module if again is None else again(key))

    def weights_of(built: Any) -> Any:
        _, drawn, _, rest = split(built)
        found: dict[Any, Any] = nnx.to_pure_dict(drawn)
        for path, leaf in _leaves(rest):
            if path not in whole:
                _put(found, path, leaf)
        return found

    def called(random: Any, weights: Any, *arrays: Any) -> Any:
        merged = nnx.merge(graph, _filled(params, weights), random, _filled(others, weights), copy=True)
        return given.call(merged, arrays=arrays)

    checked: list[bool] = []

    def apply(weights: Any, *arrays: Any) -> Any:
        if not checked and jax.tree.leaves(streams):
            if depends(called, streams, weights, *arrays):
                hint = "switch off what draws them, such as dropout: module.eval()"
                raise error("TP904", "the module draws random numbers when it is applied", hint=hint)
            checked.append(True)
        return called(streams, weights, *arrays)

    def frozen(path: tuple[str, ...]) -> bool:
        return path in texts

    texts = {tuple(map(str, path)) for path in left_alone}
    kept = [path for path, _ in _leaves(params)]

    def trained(weights: Any) -> Any:
        found: dict[Any, Any] = {}
        for path in kept:
            _put(found, path, _get(weights, path))
        return found

    return Pair(init, apply, frozen if left_alone else none, trained if left_alone else None, weights_of), given


def _leaves(state: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """The arrays of a state, with the keys that lead to them."""
    nnx: Any = sys.modules["flax.nnx"]
    return [
        (path, held.get_value() if isinstance(held, nnx.Variable) else held) for path, held in nnx.to_flat_state(state)
    ]


def _drawn(held: Any) -> bool:
    """Whether it has a law: a variable of real numbers. An array that the module holds as it is, is a constant."""
    import jax.numpy as jnp

    nnx: Any = sys.modules["flax.nnx"]
    return isinstance(held, nnx.Variable) and jnp.issubdtype(held.get_value().dtype, jnp.inexact)


def _filled(state: Any, weights: Any) -> Any:
    """``state`` with the arrays that ``weights`` has at its paths."""
    import jax

    flat = [_get(weights, path, leaf) for path, leaf in _leaves(state)]
    return jax.tree.unflatten(jax.tree.structure(state), flat)


def _get(tree: Any, path: tuple[Any, ...], absent: Any = None) -> Any:
    for key in path:
        if not isinstance(tree, Mapping) or key not in tree:
            return absent
        tree = tree[key]
    return tree


def _put(tree: dict[Any, Any], path: tuple[Any, ...], leaf: Any) -> None:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = leaf
