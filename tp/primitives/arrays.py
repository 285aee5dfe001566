"""Arrays with named axes: bringing axes into another order, sums, and sums of products."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from tp.graph.axes import Type, names, without
from tp.matrix_free.long_sums import long_einsum, rows_times_rows
from tp.namespace import is_numpy


def aligned(array: Any, source: Type, target: Type) -> Any:
    """``array`` with its axes in the order of ``target`` and size 1 where it has none."""
    if source == target:
        return array
    have = names(source)
    order = [have.index(a.name) for a in target if a.name in have]
    if order != list(range(len(order))):
        array = array.transpose(order)
    if len(order) == len(target):
        return array
    shape = iter(array.shape)
    return array.reshape([next(shape) if a.name in have else 1 for a in target])


def added(total: Any, term: Any) -> Any:
    """``total`` + ``term``, in the memory of ``total`` where that is possible; nothing else may need it any more."""
    import numpy as np

    fits = isinstance(total, np.ndarray) and all(t in (1, s) for s, t in zip(total.shape, term.shape, strict=True))
    if not fits or total.dtype != term.dtype:
        return total + term
    total += term
    return total


def contracted(types: tuple[Type, Type], out: Type, left: Any, right: Any) -> Any:
    """``left`` * ``right``, with axes matched by name, summed over those that ``out`` lacks."""
    if is_numpy(left, right):
        return _by_matrices(*types, out, left, right)
    import jax.numpy as jnp

    specification = subscripts(types, out)
    last = [axes[-1] for axes in types]
    if last[0] == last[1] and last[0].wide and last[0].name not in names(out):
        return long_einsum(specification, left, right)
    return jnp.einsum(specification, left, right, precision="highest")


def _by_matrices(a: Type, b: Type, out: Type, left: Any, right: Any) -> Any:
    """:func:`contracted` as matrix products, which are many times faster than what ``numpy.einsum`` does by itself.

    Where the last axis is neither summed over nor of one operand alone, matrices would be cut across the order in
    memory; there the sum is over a few entries, and ``einsum`` is right.
    """
    import numpy as np

    kept, mine = names(out), names(a)
    if out and out[-1].name in mine and out[-1] in b and out[-1].wide:
        return np.einsum(subscripts((a, b), out), left, right)
    if out and out[-1].name in mine and out[-1] not in b:
        a, b, left, right = b, a, right, left
    both = {x.name for x in a} & {x.name for x in b}
    batch = tuple(x for x in out if x.name in both)
    over = tuple(x for x in a if x.name in both and x.name not in kept)
    one, other = without(a, both), without(b, both)
    first, many = _matrices(left, a, batch, one, over), _matrices(right, b, batch, other, over)
    sizes = dict(zip(names(a), left.shape, strict=True)) | dict(zip(names(b), right.shape, strict=True))
    made = (*batch, *one, *other)
    return aligned(rows_times_rows(first, many).reshape([sizes[x.name] for x in made]), made, out)


def _matrices(array: Any, axes: Type, batch: Type, rows: Type, columns: Type) -> Any:
    """``array`` as matrices [...batch, entries of rows, entries of columns], without a copy where that is possible."""
    sizes = dict(zip(names(axes), array.shape, strict=True))
    shape, r, c = ([sizes[x.name] for x in group] for group in (batch, rows, columns))
    if rows and axes[-1] in rows:
        return aligned(array, axes, (*batch, *columns, *rows)).reshape((*shape, prod(c), prod(r))).swapaxes(-1, -2)
    return aligned(array, axes, (*batch, *rows, *columns)).reshape((*shape, prod(r), prod(c)))


def subscripts(types: Sequence[Type], out: Type) -> str:
    """An einsum specification that matches axes by name."""
    letters: dict[str, str] = {}
    for axes in (*types, out):
        for axis in axes:
            letters.setdefault(axis.name, chr(ord("a") + len(letters)) if len(letters) < 26 else chr(39 + len(letters)))
    words = ["".join(letters[a.name] for a in axes) for axes in (*types, out)]
    return ",".join(words[:-1]) + "->" + words[-1]
