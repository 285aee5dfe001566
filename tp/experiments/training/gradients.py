"""Gradients: arrays for weights read as values, outer products for weights applied to vectors.

Arrays are of NumPy or of JAX. Those of NumPy may have an axis of draws, which is the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from jaxtyping import Float

from tp.matrix_free.orthonormal import Array, products
from tp.namespace import matmul, namespace


class Rows(NamedTuple):
    """Σ_r left_r ⊗ right_r: ``left`` [..., rank, rows of the weight], ``right`` [..., rank, its columns]."""

    left: Any
    right: Any


class Parts(NamedTuple):
    """A gradient by name of the weight: ``leaves`` of weights read as values, ``rows`` of applied weights.

    Leaves are [..., entries of the weight]. Gradients of single samples have an axis of samples before entries, and
    before the rank.
    """

    leaves: dict[str, Any]
    rows: dict[str, Rows]

    def with_each(self, leaf: Callable[[Any], Any], row: Callable[[Any], Any]) -> Parts:
        """``leaf`` of every leaf, and ``row`` of the left and right of all outer products."""
        return Parts(
            {name: leaf(a) for name, a in self.leaves.items()},
            {name: Rows(*map(row, pair)) for name, pair in self.rows.items()},
        )

    def of_first_sample(self) -> Parts:
        """The gradient of the first sample, still with an axis of samples."""
        return self.with_each(lambda leaf: leaf[..., :1, :], lambda row: row[..., :1, :, :])


def only(of: Parts, weights: Collection[str]) -> Parts:
    """The parts of some weights."""
    leaves, rows = ({name: part for name, part in parts.items() if name in weights} for parts in of)
    return Parts(leaves, rows)


def inner(one: Parts, other: Parts, rates: Mapping[str, float]) -> Float[Array, "*draws samples others"]:
    """Σ over weights of rate * <one, other>, for the gradients of every pair of samples."""
    total: Any = 0.0
    for name, mine in one.leaves.items():
        if name in other.leaves:
            total = total + rates[name] * products(mine, other.leaves[name])
    for name, mine in one.rows.items():
        if name in other.rows:
            lefts, rights = (products(_flat(a), _flat(b)) for a, b in zip(mine, other.rows[name], strict=True))
            shape = (*lefts.shape[:-2], *mine.left.shape[-3:-1], *other.rows[name].left.shape[-3:-1])
            total = total + rates[name] * (lefts * rights).reshape(shape).sum((-3, -1))
    return total


def combined(
    of: Parts, weights: Float[Array, "*draws samples"], shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, Any]:
    """Σ_s weights_s times the gradient of sample s, as arrays of these ``shapes``."""
    leaves = {name: matmul(weights[..., None, :], leaf) for name, leaf in of.leaves.items()}
    rows = {
        name: matmul(_flat(weights[..., None, None] * left).swapaxes(-1, -2), _flat(right))
        for name, (left, right) in of.rows.items()
    }
    return {name: array.reshape(shapes[name]) for name, array in {**leaves, **rows}.items()}


def image(of: Parts, updates: Mapping[str, Any]) -> Float[Array, "*draws samples"]:
    """The inner products of the gradients of single samples with ``updates``, which are arrays."""
    total: Any = 0.0
    for name, leaf in of.leaves.items():
        total = total + matmul(leaf, updates[name].reshape((*leaf.shape[:-2], -1, 1)))[..., 0]
    for name, (left, right) in of.rows.items():
        matrix = updates[name].reshape((*left.shape[:-3], left.shape[-1], right.shape[-1]))
        # XLA reads the matrix along its rows, many times faster than along its columns.
        turned = matmul(matrix, _flat(right).swapaxes(-1, -2)).swapaxes(-1, -2)
        total = total + (turned.reshape(left.shape) * left).sum((-2, -1))
    return total


def minus(one: Parts, other: Parts) -> Parts:
    """``one`` - ``other``, with twice the rows: a⊗b - c⊗d = (a - c)⊗b + c⊗(b - d), accurate where both are close."""
    leaves = {name: mine - other.leaves[name] for name, mine in one.leaves.items()}
    rows: dict[str, Rows] = {}
    for name, mine in one.rows.items():
        theirs, xp = other.rows[name], namespace(mine.left)
        rows[name] = Rows(
            xp.concatenate([mine.left - theirs.left, theirs.left], axis=-2),
            xp.concatenate([mine.right, mine.right - theirs.right], axis=-2),
        )
    return Parts(leaves, rows)


def _flat(rows: Any) -> Any:
    """[..., samples, rank, entries] as [..., samples * rank, entries]."""
    return rows.reshape((*rows.shape[:-3], -1, rows.shape[-1]))
