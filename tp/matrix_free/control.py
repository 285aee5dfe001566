"""Loops and choices that are written once: JAX compiles them, for arrays of NumPy they are those of Python.

Each function takes the namespace ``xp`` of the arrays, ``numpy`` or ``jax.numpy``. States are what JAX calls trees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

State = TypeVar("State")


def repeated(xp: Any, first: Any, last: Any, step: Callable[[Any, State], State], state: State) -> State:
    """``state`` after ``step(i, state)`` for every i from ``first`` up to, but not including, ``last``."""
    if xp is not np:
        import jax

        return jax.lax.fori_loop(first, last, step, state)
    for i in range(first, last):
        state = step(i, state)
    return state


def repeated_while(xp: Any, condition: Callable[[State], Any], step: Callable[[State], State], state: State) -> State:
    """``step`` applied as long as the ``condition`` holds."""
    if xp is not np:
        import jax

        return jax.lax.while_loop(condition, step, state)
    while condition(state):
        state = step(state)
    return state


def stacked(
    xp: Any, step: Callable[[State, Any], tuple[State, Any]], state: State, count: int, axis: int
) -> tuple[State, Any]:
    """The last state and all results of ``step(state, i)`` for i from 0, in turn, stacked.

    NumPy stacks along ``axis``. JAX ignores ``axis`` and stacks along the first axis.
    """
    if xp is not np:
        import jax

        return jax.lax.scan(step, state, xp.arange(count))
    found: list[Any] = []
    for i in range(count):
        state, made = step(state, i)
        found.append(made)
    return state, _together(found, axis)


def _together(trees: Sequence[Any], axis: int) -> Any:
    """Trees of the same form as one, with arrays stacked along ``axis``."""
    first = trees[0]
    if isinstance(first, dict):
        return {name: _together([tree[name] for tree in trees], axis) for name in first}
    if isinstance(first, tuple):
        parts = [_together(part, axis) for part in zip(*trees, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)
    return np.stack(trees, axis)


def chosen(xp: Any, condition: Any, one: Callable[..., State], other: Callable[..., State], *given: Any) -> State:
    """``one(*given)`` if the ``condition`` holds, else ``other(*given)``."""
    if xp is not np:
        import jax

        return jax.lax.cond(condition, one, other, *given)
    return one(*given) if condition else other(*given)


def written(array: Any, place: Any, value: Any) -> Any:
    """``array`` with ``value`` at the index ``place``. An array of NumPy is overwritten."""
    if not isinstance(array, np.ndarray):
        return array.at[place].set(value)
    array[place] = value
    return array


def written_rows(array: Any, start: Any, rows: Any, axis: int = 0) -> Any:
    """``array`` with ``rows`` from row number ``start`` on, along an ``axis``. An array of NumPy is overwritten."""
    if not isinstance(array, np.ndarray):
        import jax

        return jax.lax.dynamic_update_slice_in_dim(array, rows, start, axis)
    np.moveaxis(array, axis, 0)[start : start + rows.shape[axis]] = np.moveaxis(rows, axis, 0)
    return array
