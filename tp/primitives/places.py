"""Order along one axis of an array, for NumPy and JAX: masks of the largest entries, ranks, and rearrangement."""

from __future__ import annotations

from typing import Any

from tp.namespace import namespace


def largest(array: Any, place: int, count: int) -> Any:
    """1 at the ``count`` largest entries along axis number ``place``, 0 elsewhere; of equal entries the first ones."""
    xp = namespace(array)
    if count >= array.shape[place]:
        return xp.ones_like(array)
    if count == 1:
        best = xp.expand_dims(array.argmax(axis=place), place)
        shape = [-1 if i == place else 1 for i in range(array.ndim)]
        return (best == xp.arange(array.shape[place]).reshape(shape)).astype(array.dtype)
    return (before(-array, place) < count).astype(array.dtype)


def before(array: Any, place: int) -> Any:
    """For each entry the number of entries along axis number ``place`` that come before it in ascending order."""
    xp = namespace(array)
    return xp.argsort(xp.argsort(array, axis=place, stable=True), axis=place, stable=True)


def rearranged(ranks: Any, values: Any, place: int, *, inverse: bool) -> Any:
    """``values`` in the ascending order of ``ranks`` along axis number ``place``; with ``inverse`` moved back from it.

    Both arrays have the same axes, or length 1 along axes that one of them lacks.
    """
    xp = namespace(ranks, values)
    order = before(ranks, place) if inverse else xp.argsort(ranks, axis=place, stable=True)
    shape = tuple(max(a, b) for a, b in zip(order.shape, values.shape, strict=True))
    return xp.take_along_axis(xp.broadcast_to(values, shape), xp.broadcast_to(order, shape), axis=place)
