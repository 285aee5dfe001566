"""Orthonormal coordinates of a block of vectors, also where some of them bring nothing new.

Everything is a handful of products of long matrices. Against loss of orthogonality everything is done twice: components
along the known basis are taken out two times, and a block is orthonormalised two times by the Cholesky factor of its
inner products, which is as good as Householder's method as long as its condition number is below 1/sqrt(precision)
(Yamamoto, Nakatsukasa, Yanagisawa and Fukaya, ETNA 44 (2015) 306); what is worse conditioned counts as dependent.
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
    outside, inverse, new = _factor(gram, floor)
    fresh = inverse @ rest - (inverse @ again) @ basis
    lower, inverse, _ = _factor(products(fresh, fresh), jnp.where(new, 0.0, jnp.inf))
    return Split(inside, inverse @ fresh, outside @ lower, new)


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


def _factor(gram: jax.Array, floor: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Cholesky's factor of ``gram`` [k, k] without the rows whose pivot is lost, and its inverse on the others.

    Returns (lower, inverse, kept [k]). Pivots count as lost below ``floor`` [k] and below the rounding noise of the
    inner products.
    """
    k = gram.shape[0]
    diagonal = jnp.diagonal(gram)
    least = jnp.maximum(floor, _NOISE * k * _eps(gram) * diagonal)
    places = jnp.arange(k)

    def step(j: Any, carry: tuple[jax.Array, jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array, jax.Array]:
        lower, inverse, kept = carry
        left = jnp.where(places >= j, gram[:, j] - lower @ lower[j], 0.0)
        good = left[j] > least[j]
        share = jnp.where(good, 1.0 / jnp.sqrt(jnp.where(good, left[j], 1.0)), 0.0)
        row = share * ((places == j) - lower[j] @ inverse)
        return lower.at[:, j].set(share * left), inverse.at[j].set(row), kept.at[j].set(good)

    zero = jnp.zeros_like(gram)
    return jax.lax.fori_loop(0, k, step, (zero, zero, jnp.zeros(k, bool)))
