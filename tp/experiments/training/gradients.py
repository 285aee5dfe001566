"""Gradients: arrays for weights read as values, outer products for weights applied to vectors."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from tp.interpret.arrays.orthonormal import products


class Rows(NamedTuple):
    """Σ_r left_r ⊗ right_r: ``left`` [..., rank, rows of the weight], ``right`` [..., rank, its columns]."""

    left: Any
    right: Any


class Parts(NamedTuple):
    """A gradient by name of the weight: ``leaves`` of weights read as values, ``rows`` of applied weights.

    Gradients of single samples have a leading axis of samples.
    """

    leaves: dict[str, Any]
    rows: dict[str, Rows]


def only(of: Parts, weights: Collection[str]) -> Parts:
    """The parts of some weights."""
    leaves, rows = ({name: part for name, part in parts.items() if name in weights} for parts in of)
    return Parts(leaves, rows)


def inner(one: Parts, other: Parts, rates: Mapping[str, float]) -> Float[Array, "samples others"]:
    """Σ over weights of rate * <one, other>, for the gradients of every pair of samples."""
    total: Any = 0.0
    for name, mine in one.leaves.items():
        if name in other.leaves:
            pair = (a.reshape((a.shape[0], -1)) for a in (mine, other.leaves[name]))
            total = total + rates[name] * products(*pair)
    for name, mine in one.rows.items():
        if name in other.rows:
            lefts, rights = (
                products(a.reshape((-1, a.shape[-1])), b.reshape((-1, b.shape[-1])))
                for a, b in zip(mine, other.rows[name], strict=True)
            )
            shape = (*mine.left.shape[:2], *other.rows[name].left.shape[:2])
            total = total + rates[name] * jnp.sum((lefts * rights).reshape(shape), axis=(1, 3))
    return total


def combined(of: Parts, weights: Float[Array, " samples"], shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """Σ_s weights_s times the gradient of sample s, as arrays of these ``shapes``."""
    leaves = {name: jnp.tensordot(weights, leaf, 1, precision="highest") for name, leaf in of.leaves.items()}
    rows = {
        name: jnp.einsum("s,sra,srb->ab", weights, left, right, precision="highest")
        for name, (left, right) in of.rows.items()
    }
    return {name: array.reshape(shapes[name]) for name, array in {**leaves, **rows}.items()}


def image(of: Parts, updates: Mapping[str, Any]) -> Float[Array, " samples"]:
    """The inner products of the gradients of single samples with ``updates``, which are arrays."""
    total: Any = 0.0
    for name, leaf in of.leaves.items():
        flat = leaf.reshape((len(leaf), -1))
        total = total + jnp.matmul(flat, updates[name].reshape(-1), precision="highest")
    for name, (left, right) in of.rows.items():
        matrix = updates[name].reshape((left.shape[-1], right.shape[-1]))
        total = total + jnp.einsum("sra,ab,srb->s", left, matrix, right, precision="highest")
    return total


def minus(one: Parts, other: Parts) -> Parts:
    """``one`` - ``other``, with twice the rows: a⊗b - c⊗d = (a - c)⊗b + c⊗(b - d), accurate where both are close."""
    leaves = {name: mine - other.leaves[name] for name, mine in one.leaves.items()}
    rows = {
        name: Rows(
            jnp.concatenate([mine.left - other.rows[name].left, other.rows[name].left], axis=-2),
            jnp.concatenate([mine.right, mine.right - other.rows[name].right], axis=-2),
        )
        for name, mine in one.rows.items()
    }
    return Parts(leaves, rows)
