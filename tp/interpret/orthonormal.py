"""Orthonormal coordinates of a block of vectors, also where some of them bring nothing new.

Everything is a handful of products of long matrices, and loss of orthogonality is watched: components along the known
basis are taken out twice, and a block that is badly conditioned is orthonormalised a second time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from tp.primitives.arrays import long_einsum


class Split(NamedTuple):
    """``x = inside @ basis + outside @ fresh``, up to the vectors that bring nothing new.

    ``fresh`` [k, size] has orthonormal rows, orthogonal to the basis, and zero rows for those vectors. ``outside``
    [k, k] is lower triangular; ``new`` [k] says which rows of ``fresh`` are not zero.
    """

    inside: jax.Array
    fresh: jax.Array
    outside: jax.Array
    new: jax.Array


def split(x: jax.Array, basis: jax.Array) -> Split:
    """Coordinates of the rows of ``x`` [k, size] with respect to ``basis`` [K, size], rows orthonormal or zero.

    A row whose residual is smaller than :func:`resolution` of it is taken to lie in the span of the basis and of the
    rows before it.
    """
    length = jnp.sqrt(jnp.sum(x * x, axis=1))
    inside = products(x, basis)
    rest = x - inside @ basis
    again = products(rest, basis)
    inside = inside + again
    gram = products(rest, rest) - again @ again.T
    floor = jnp.square(_ROUNDINGS * _eps(x) * length)
    outside, inverse, new, worst = _factor(gram, floor)
    fresh = inverse @ rest - (inverse @ again) @ basis
    fresh, outside = jax.lax.cond(worst < _eps(x) ** 0.25, _again, _fine, fresh, outside, new)
    return Split(inside, fresh, outside, new)


def products(x: jax.Array, y: jax.Array) -> jax.Array:
    """All inner products of the rows of ``x`` [k, size] with those of ``y`` [l, size]."""
    return long_einsum("kn,ln->kl", x, y)


def resolution(k: int, dtype: Any) -> float:
    """The share of a vector below which its residual within a block of ``k`` vectors is not told from rounding."""
    return (_NOISE * k * float(jnp.finfo(dtype).eps)) ** 0.5


_NOISE = 8.0
"""A pivot smaller than this, times the size of the block and the precision, is noise of the inner products."""
_ROUNDINGS = 64.0
"""A residual of so many rounding errors of a vector lies in the span of the basis."""


def _eps(x: jax.Array) -> float:
    return float(jnp.finfo(x.dtype).eps)


def _fine(fresh: jax.Array, outside: jax.Array, new: jax.Array) -> tuple[jax.Array, jax.Array]:
    return fresh, outside


def _again(fresh: jax.Array, outside: jax.Array, new: jax.Array) -> tuple[jax.Array, jax.Array]:
    """A second orthonormalisation of the rows of ``fresh``, which are nearly orthonormal or zero."""
    gram = products(fresh, fresh)
    lower, inverse, _, _ = _factor(gram, jnp.where(new, 0.0, jnp.inf))
    return inverse @ fresh, outside @ lower


def _factor(gram: jax.Array, floor: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    """Cholesky's factor of ``gram`` [k, k] without the rows whose pivot is lost, and its inverse on the others.

    Returns (lower, inverse, kept [k], the smallest kept pivot as a share of its diagonal entry). Pivots count as lost
    below ``floor`` [k] and below the rounding noise of the inner products.
    """
    k = gram.shape[0]
    diagonal = jnp.diagonal(gram)
    least = jnp.maximum(floor, _NOISE * k * _eps(gram) * diagonal)
    places = jnp.arange(k)

    def column(j: Any, carry: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        lower, kept = carry
        left = jnp.where(places >= j, gram[:, j] - lower @ lower[j], 0.0)
        good = left[j] > least[j]
        entry = jnp.where(good, left / jnp.sqrt(jnp.where(good, left[j], 1.0)), 0.0)
        return lower.at[:, j].set(entry), kept.at[j].set(good)

    lower, kept = jax.lax.fori_loop(0, k, column, (jnp.zeros_like(gram), jnp.zeros(k, bool)))
    square = jnp.where(kept[:, None], lower, jnp.eye(k, dtype=gram.dtype))
    inverse = jax.scipy.linalg.solve_triangular(square, jnp.eye(k, dtype=gram.dtype), lower=True)
    pivots = jnp.square(jnp.diagonal(lower)) / jnp.where(kept, diagonal, 1.0)
    worst = jnp.min(jnp.where(kept, pivots, 1.0))
    return lower, jnp.where(kept[:, None], inverse, 0.0), kept, worst
