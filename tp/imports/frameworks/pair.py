"""What a module of each framework is brought to: two pure functions, and which weights are not trained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tp.diagnostics.diagnostic import error


def none(path: tuple[str, ...]) -> bool:
    """All weights are trained."""
    return False


@dataclass(frozen=True, slots=True)
class Pair:
    """``init(key)`` gives a tree of weights, ``apply(weights, *arrays)`` the outputs.

    ``trained`` is the part of the tree that an optimiser of the framework sees, and ``frozen`` says whether the weight
    at a path is outside of it. ``weights`` makes the tree of weights in the form that the framework has them.
    """

    init: Callable[[Any], Any]
    apply: Callable[..., Any]
    frozen: Callable[[tuple[str, ...]], bool] = none
    trained: Callable[[Any], Any] | None = None
    weights: Callable[[Any], Any] = lambda weights: weights


def below(keys: frozenset[str]) -> Callable[[tuple[str, ...]], bool]:
    """Whether a path begins with one of ``keys``."""
    return lambda path: path[0] in keys


def of_real_numbers(pair: Pair) -> Pair:
    """``pair`` without weights that are whole numbers, such as counters of steps: they are as drawn with the key 0.

    Its functions raise TpError TP904 where a weight is no array.
    """
    import jax

    held: list[Any] = []

    def real(leaf: Any) -> bool:
        if not hasattr(leaf, "dtype"):
            hint = "return arrays alone; a module of Equinox is returned as (module, inputs), not by init"
            raise error(
                "TP904", f"among the weights that init returns is a {type(leaf).__name__}, which is no array", hint=hint
            )
        return jax.numpy.issubdtype(leaf.dtype, jax.numpy.inexact)

    def if_real(leaf: Any) -> Any:
        return leaf if real(leaf) else None

    def stripped(weights: Any) -> Any:
        return jax.tree.map(if_real, weights)

    def init(key: Any) -> Any:
        return stripped(pair.init(key))

    def apply(weights: Any, *arrays: Any) -> Any:
        if not held:
            shapes = jax.eval_shape(pair.init, jax.random.key(0))
            whole = not all(map(real, jax.tree.leaves(shapes)))
            with jax.ensure_compile_time_eval():
                held.append(pair.init(jax.random.key(0)) if whole else None)
        if held[0] is not None:
            weights = jax.tree.map(_first, weights, held[0], is_leaf=_absent)
        return pair.apply(weights, *arrays)

    return Pair(init, apply, pair.frozen, pair.trained, lambda given: stripped(pair.weights(given)))


def _absent(leaf: Any) -> bool:
    return leaf is None


def _first(leaf: Any, otherwise: Any) -> Any:
    return otherwise if leaf is None else leaf
