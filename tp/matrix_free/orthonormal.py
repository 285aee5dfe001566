"""Orthonormal coordinates of a block of vectors, which may be linearly dependent.

The work is a few products of long matrices. Against loss of orthogonality every step is done twice: components
along the known basis are taken out two times, and a block is orthonormalised two times by the Cholesky factor of its
inner products, which is as good as Householder's method as long as its condition number is below 1/sqrt(precision)
(Yamamoto, Nakatsukasa, Yanagisawa and Fukaya, ETNA 44 (2015) 306). Rows that the first factor cannot tell from their
predecessors are left for the second one, which sees their residuals; where that corrects much, it is repeated.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from tp.matrix_free.control import repeated, repeated_while, written
from tp.matrix_free.long_sums import long_einsum, rows_times_rows
from tp.namespace import is_numpy, matmul, namespace

Array = Any
"""An array of NumPy or of JAX."""


class Split(NamedTuple):
    """``x = inside @ basis + outside @ fresh``, up to rounding.

    Rows of ``fresh`` are orthonormal and orthogonal to the basis, or zero where the row of x lies in the span of the
    basis and of earlier rows. ``outside`` is lower triangular; ``new`` says which rows of ``fresh`` are not zero.
    """

    inside: Float[Array, "*draws vectors known"]
    fresh: Float[Array, "*draws vectors size"]
    outside: Float[Array, "*draws vectors vectors"]
    new: Bool[Array, "*draws vectors"]


def split(x: Float[Array, "*draws vectors size"], basis: Float[Array, "*draws known size"]) -> Split:
    """Coordinates of the rows of ``x`` with respect to ``basis``, whose rows are orthonormal or zero.

    A row may be taken to lie in the span of the basis and of earlier rows although it does not. Then at most the
    fraction :func:`resolution` of its length is lost. For arrays of NumPy there may be an axis of draws first; none
    depends on the others.
    """
    xp, eps = namespace(x), _eps(x)
    # Lengths are of order one from here on, and their squares neither vanish nor overflow in single precision.
    unit = _power_of_two(xp.abs(x).max(-1))[..., None]
    noise = _ROUNDINGS * eps * xp.linalg.norm(x / unit, axis=-1)
    first = products(x, basis)
    rest = (x - matmul(first, basis)) / unit
    gram = products(rest, rest)
    square = _diagonal(gram)
    # A pivot below the rounding of the inner products does not yet make a row dependent: it keeps its own length.
    spare = xp.where(square > noise**2, xp.sqrt(square), 0.0)
    coarse, inverse, _ = _factor(gram, xp.maximum(_NOISE * x.shape[-2] * eps * square, noise**2), spare)

    def once_more(found: _Found) -> _Found:
        rows, inside, outside, *_ = found
        along = products(rows, basis)
        gram = products(rows, rows)
        own = _diagonal(outside)
        # A row whose new part has a smaller squared length has lost too many digits; it counts as dependent.
        share = xp.maximum(eps ** (2 / 3) * _diagonal(gram), eps)
        # Half of the noise threshold used before, so that a row just above that threshold is kept.
        least = xp.maximum(share, xp.square(0.5 * noise / xp.where(own > 0, own, 1.0)))
        lower, inverse, new = _factor(gram - matmul(along, along.swapaxes(-1, -2)), least, xp.zeros_like(least))
        rows = matmul(inverse, rows) - matmul(matmul(inverse, along), basis)
        settled = xp.where(new, xp.abs(_diagonal(lower) - 1.0), 0.0).max(-1) < _SETTLED
        passes = xp.where(settled, 0, found.passes - 1)
        made = _Found(rows, inside + matmul(outside, along), matmul(outside, lower), new, passes)
        return made if found.passes.ndim == 0 or (found.passes > 0).all() else _where(found.passes > 0, made, found)

    start = _Found(
        matmul(inverse, rest),
        xp.zeros_like(first),
        coarse,
        xp.zeros_like(noise, bool),
        xp.full(noise.shape[:-1], _PASSES),
    )
    rows, inside, outside, new, _ = repeated_while(xp, lambda found: (found.passes > 0).any(), once_more, start)
    return Split(first + unit * inside, rows, unit * outside, new)


def products(x: Float[Array, "*draws k size"], y: Float[Array, "*draws l size"]) -> Float[Array, "*draws k l"]:
    """All inner products of the rows of ``x`` with those of ``y``."""
    return rows_times_rows(x, y) if is_numpy(x, y) else long_einsum("kn,ln->kl", x, y)


def orthonormalising(gram: Float[Array, "*draws k k"]) -> Float[Array, "*draws k k"]:
    """The lower triangular matrix that makes rows orthonormal which are far from dependent; zero rows stay zero.

    ``gram`` are the inner products of the rows.
    """
    square = _diagonal(gram)
    return _factor(gram, _eps(gram) * square, namespace(gram).zeros_like(square))[1]


def resolution(k: int, dtype: Any) -> float:
    """The fraction of a vector's length that rounding may lose in a block of ``k`` vectors."""
    return (_NOISE * k * float(np.finfo(dtype).eps)) ** 0.5


_NOISE = 8.0
"""A pivot smaller than this, times the size of the block and the precision, is noise of the inner products."""
_ROUNDINGS = 64.0
"""A residual of at most this many rounding errors of a vector is taken to lie in the span of the basis."""
_SETTLED = 0.1
"""A factor whose diagonal is closer than this to the identity corrects only rounding."""
FEW = 8
"""The most rows of blocks that NumPy factors for several draws at once, row by row."""
_PASSES = 4
"""The most passes. Blocks that are not nearly dependent need one; no tested block needs three."""


class _Found(NamedTuple):
    """As :class:`Split`, in units of the rows' lengths; ``passes`` is the number still allowed, 0 once orthonormal."""

    rows: Float[Array, "*draws vectors size"]
    inside: Float[Array, "*draws vectors known"]
    outside: Float[Array, "*draws vectors vectors"]
    new: Bool[Array, "*draws vectors"]
    passes: Int[Array, "*draws"]


def _where(chosen: Bool[Array, " draws"], one: _Found, other: _Found) -> _Found:
    """``one`` for the draws that are ``chosen``, ``other`` for the rest."""
    pairs = zip(one, other, strict=True)
    return _Found(*(np.where(chosen.reshape((-1, *(1 for _ in a.shape[1:]))), a, b) for a, b in pairs))


def _diagonal(matrix: Float[Array, "*draws k k"]) -> Float[Array, "*draws k"]:
    return namespace(matrix).diagonal(matrix, axis1=-2, axis2=-1)


def _power_of_two(size: Float[Array, "*draws k"]) -> Float[Array, "*draws k"]:
    """The power of two next above ``size``; 1 where it is zero."""
    xp = namespace(size)
    return xp.ldexp(xp.ones_like(size), xp.frexp(size)[1])


def _eps(x: Float[Array, ...]) -> float:
    return float(np.finfo(x.dtype).eps)


def _factor(
    gram: Float[Array, "*draws k k"], least: Float[Array, "*draws k"], spare: Float[Array, "*draws k"]
) -> tuple[Float[Array, "*draws k k"], Float[Array, "*draws k k"], Bool[Array, "*draws k"]]:
    """Cholesky's factor of ``gram`` as far as pivots exceed ``least``, its inverse, and which rows were kept.

    A row whose pivot does not exceed ``least`` has ``spare`` as its diagonal entry and does not enter the rows after
    it. Where ``spare`` is 0 it is left out, and its row of the inverse is zero.
    """
    xp = namespace(gram)
    several, k = gram.ndim > 2, gram.shape[-1]
    if several and k > FEW:
        one, other, which = zip(*map(_factor, gram, least, spare), strict=True)
        return np.stack(one), np.stack(other), np.stack(which)
    if is_numpy(gram) and not several and (found := _all_kept(gram, least)) is not None:
        return found
    places = xp.arange(k)

    def step(j: Any, carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        lower, inverse, kept = carry
        before = lower[..., j, :]
        left = xp.where(places >= j, gram[..., :, j] - matmul(lower, before[..., None])[..., 0], 0.0)
        good = left[..., j] > least[..., j]
        root = xp.where(good, xp.sqrt(xp.where(good, left[..., j], 1.0)), spare[..., j])
        share = xp.where(root > 0, 1.0 / xp.where(root > 0, root, 1.0), 0.0)[..., None]
        row = share * ((places == j) - matmul(before[..., None, :], inverse)[..., 0, :])
        column = xp.where(places == j, root[..., None], xp.where(good[..., None], share * left, 0.0))
        return written(lower, (..., j), column), written(inverse, (..., j, every), row), written(kept, (..., j), good)

    every = slice(None)
    start = (xp.zeros_like(gram), xp.zeros_like(gram), xp.zeros_like(least, bool))
    return repeated(xp, 0, k, step, start)


def _all_kept(gram: Array, least: Array) -> tuple[Array, Array, Array] | None:
    """:func:`_factor` by LAPACK, where every pivot exceeds ``least``; else None."""
    try:
        lower = np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        return None
    if not (np.square(_diagonal(lower)) > least).all():
        return None
    return lower, np.tril(np.linalg.inv(lower)), np.ones(gram.shape[:-1], bool)
