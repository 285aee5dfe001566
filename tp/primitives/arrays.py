"""Moving arrays between axis orders; shared by the lowerings."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from tp.graph.axes import Type, names


def aligned(array: Any, source: Type, target: Type) -> Any:
    """``array`` with its axes in the order of ``target`` and size 1 where it has none."""
    have = names(source)
    order = [have.index(a.name) for a in target if a.name in have]
    array = array.transpose(order)
    shape = iter(array.shape)
    return array.reshape([next(shape) if a.name in have else 1 for a in target])


def subscripts(types: Sequence[Type], out: Type) -> str:
    """An einsum specification that matches axes by name."""
    letters: dict[str, str] = {}
    for axes in (*types, out):
        for axis in axes:
            letters.setdefault(axis.name, chr(ord("a") + len(letters)) if len(letters) < 26 else chr(39 + len(letters)))
    words = ["".join(letters[a.name] for a in axes) for axes in (*types, out)]
    return ",".join(words[:-1]) + "->" + words[-1]


def columns(array: Any, axes: Type, contracted: Type) -> Any:
    """``array`` as a matrix: the ``contracted`` axes, flattened in their order, by all the others."""
    have = names(axes)
    front = [have.index(a.name) for a in contracted]
    back = [i for i in range(len(axes)) if i not in front]
    array = array.transpose(front + back)
    rows = prod(array.shape[: len(front)])
    return array.reshape((rows, -1))
