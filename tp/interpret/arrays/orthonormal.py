"""Orthonormal coordinates of a block of vectors, which may be linearly dependent.

The work is a few products of long matrices. Against loss of orthogonality every step is done twice: components
along the known basis are taken out two times, and a block is orthonormalised two times by the Cholesky factor of its
inner products, which is as good as Householder's method as long as its condition number is below 1/sqrt(precision)
(Yamamoto, Nakatsukasa, Yanagisawa and Fukaya, ETNA 44 (2015) 306). Rows that the first factor cannot tell from their
predecessors are left for the second one, which sees their residuals; where that corrects much, it is repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from tp.namespace import is_numpy, matmul, namespace
from tp.primitives.arrays import long_einsum, rows_times_rows

Array = Any
"""An array of NumPy or of JAX."""


class Split(NamedTuple):
    """``x = inside @ basis + outside @ fresh``, up to rounding.

    Rows of ``fresh`` are orthonormal and orthogonal to the basis, or zero where the row of x lies in the span of the
    basis and of earlier rows. ``outside`` is lower triangular; ``new`` says which rows of ``fresh`` are not zero.
    """

    inside: Float[Array, "vectors known"]
    fresh: Float[Array, "vectors size"]
    outside: Float[Array, "vectors vectors"]
    new: Bool[Array, " vectors"]


def split(x: Float[Array, "vectors size"], basis: Float[Array, "known size"]) -> Split:
    """Coordinates of the rows of ``x`` with respect to ``basis``, whose rows are orthonormal or zero.

    A row may be taken to lie in the span of the basis and of earlier rows although it does not. Then at most the
    fraction :func:`resolution` of its length is lost.
    """
    xp, eps = namespace(x), _eps(x)
    # Lengths are of order one from here on, and their squares neither vanish nor overflow in single precision.
    unit = _power_of_two(xp.max(xp.abs(x), axis=1))
    noise = _ROUNDINGS * eps * xp.linalg.norm(x / unit[:, None], axis=1)
    first = products(x, basis)
    rest = (x - matmul(first, basis)) / unit[:, None]
    gram = products(rest, rest)
    square = xp.diagonal(gram)
    # A pivot below the rounding of the inner products does not yet make a row dependent: it keeps its own length.
    spare = xp.where(square > noise**2, xp.sqrt(square), 0.0)
    coarse, inverse, _ = _factor(gram, xp.maximum(_NOISE * x.shape[0] * eps * square, noise**2), spare)

    def once_more(found: _Found) -> _Found:
        rows, inside, outside, *_ = found
        along = products(rows, basis)
        gram = products(rows, rows)
        own = xp.diagonal(outside)
        # A row whose new part has a smaller squared length has lost too many digits; it counts as dependent.
        share = xp.maximum(eps ** (2 / 3) * xp.diagonal(gram), eps)
        # Half of the noise threshold used before, so that a row just above that threshold is kept.
        least = xp.maximum(share, xp.square(0.5 * noise / xp.where(own > 0, own, 1.0)))
        lower, inverse, new = _factor(gram - along @ along.T, least, xp.zeros_like(least))
        rows = matmul(inverse, rows) - matmul(inverse @ along, basis)
        settled = xp.max(xp.where(new, xp.abs(xp.diagonal(lower) - 1.0), 0.0)) < _SETTLED
        passes = xp.where(settled, 0, found.passes - 1)
        return _Found(rows, inside + outside @ along, outside @ lower, new, passes)

    nothing = xp.zeros_like(noise, bool)
    start = _Found(matmul(inverse, rest), xp.zeros_like(first), coarse, nothing, xp.asarray(_PASSES))
    rows, inside, outside, new, _ = _repeated(once_more, start)
    return Split(first + unit[:, None] * inside, rows, unit[:, None] * outside, new)


def products(x: Float[Array, "k size"], y: Float[Array, "l size"]) -> Float[Array, "k l"]:
    """All inner products of the rows of ``x`` with those of ``y``."""
    return rows_times_rows(x, y) if is_numpy(x, y) else long_einsum("kn,ln->kl", x, y)


def resolution(k: int, dtype: Any) -> float:
    """The fraction of a vector's length that rounding may lose in a block of ``k`` vectors."""
    return (_NOISE * k * float(np.finfo(dtype).eps)) ** 0.5


_NOISE = 8.0
"""A pivot smaller than this, times the size of the block and the precision, is noise of the inner products."""
_ROUNDINGS = 64.0
"""A residual of at most this many rounding errors of a vector is taken to lie in the span of the basis."""
_SETTLED = 0.1
"""A factor whose diagonal is closer than this to the identity corrects only rounding."""
_PASSES = 4
"""The most passes. Blocks that are not nearly dependent need one; no tested block needs three."""


class _Found(NamedTuple):
    """As :class:`Split`, in units of the rows' lengths; ``passes`` is the number still allowed, 0 once orthonormal."""

    rows: Float[Array, "vectors size"]
    inside: Float[Array, "vectors known"]
    outside: Float[Array, "vectors vectors"]
    new: Bool[Array, " vectors"]
    passes: Int[Array, ""]


def _power_of_two(size: Float[Array, " k"]) -> Float[Array, " k"]:
    """The power of two next above ``size``; 1 where it is zero."""
    xp = namespace(size)
    return xp.ldexp(xp.ones_like(size), xp.frexp(size)[1])


def _eps(x: Float[Array, ...]) -> float:
    return float(np.finfo(x.dtype).eps)


def _factor(
    gram: Float[Array, "k k"], least: Float[Array, " k"], spare: Float[Array, " k"]
) -> tuple[Float[Array, "k k"], Float[Array, "k k"], Bool[Array, " k"]]:
    """Cholesky's factor of ``gram`` as far as pivots exceed ``least``, its inverse, and which rows were kept.

    A row whose pivot does not exceed ``least`` has ``spare`` as its diagonal entry and does not enter the rows after
    it. Where ``spare`` is 0 it is left out, and its row of the inverse is zero.
    """
    xp = namespace(gram)
    if is_numpy(gram) and (found := _all_kept(gram, least)) is not None:
        return found
    places = xp.arange(gram.shape[0])

    def step(j: Any, carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        lower, inverse, kept = carry
        left = xp.where(places >= j, gram[:, j] - lower @ lower[j], 0.0)
        good = left[j] > least[j]
        root = xp.where(good, xp.sqrt(xp.where(good, left[j], 1.0)), spare[j])
        share = xp.where(root > 0, 1.0 / xp.where(root > 0, root, 1.0), 0.0)
        row = share * ((places == j) - lower[j] @ inverse)
        column = xp.where(places == j, root, xp.where(good, share * left, 0.0))
        return _written(lower.T, j, column).T, _written(inverse, j, row), _written(kept, j, good)

    zero = xp.zeros_like(gram)
    start = (zero, xp.zeros_like(gram), xp.zeros_like(least, bool))
    if not is_numpy(gram):
        import jax

        return jax.lax.fori_loop(0, gram.shape[0], step, start)
    for j in range(gram.shape[0]):
        start = step(j, start)
    return start


def _all_kept(gram: Array, least: Array) -> tuple[Array, Array, Array] | None:
    """:func:`_factor` by LAPACK, where every pivot exceeds ``least``; else None."""
    try:
        lower = np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        return None
    if not (np.square(np.diagonal(lower)) > least).all():
        return None
    return lower, np.tril(np.linalg.inv(lower)), np.ones(len(gram), bool)


def _written(array: Array, j: Any, row: Any) -> Array:
    """``array`` with ``row`` as its row number ``j``; arrays of NumPy are overwritten."""
    if not is_numpy(array):
        return array.at[j].set(row)
    array[j] = row
    return array


def _repeated(step: Callable[[_Found], _Found], found: _Found) -> _Found:
    """``step`` applied as long as passes are left."""
    if not is_numpy(found.rows):
        import jax

        return jax.lax.while_loop(lambda found: found.passes > 0, step, found)
    while found.passes > 0:
        found = step(found)
    return found
