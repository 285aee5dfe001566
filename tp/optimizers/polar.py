"""Functions of the singular values of a matrix: its polar factor, and the Newton-Schulz iteration towards it.

All act on the last two axes. They commute with rotations of rows and columns, and are zero at zero singular values.
"""

from __future__ import annotations

from typing import Any

from tp.namespace import matmul, namespace

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of a X + b (X X') X + c (X X')² X (Jordan, 2024): singular values go to about 0.7 to 1.2 in five iterations."""
LONG = 4
"""A side is long if it is so many times as long as the other one."""
CUTOFF = 128.0
"""Singular values of at most this many rounding errors of the largest one count as zero."""


def polar_factor(matrix: Any) -> Any:
    """U V' of the singular value decomposition U S V', over singular values that are not zero.

    This is D A X' for a gradient D X' of a batch. Values up to :data:`CUTOFF` rounding errors of the largest one count
    as zero, whatever the size of the matrix.
    """
    xp = namespace(matrix)
    left, values, right = xp.linalg.svd(matrix, full_matrices=False)
    least = CUTOFF * float(namespace(matrix).finfo(matrix.dtype).eps) * values[..., :1]
    return matmul(left * (values > least).astype(matrix.dtype)[..., None, :], right)


def newton_schulz(matrix: Any, iterations: int, eps: float) -> Any:
    """The iteration from ``matrix`` / (its Frobenius norm + ``eps``).

    Every iterate is P X with the same X, so of a long side only the inner products X X' are needed.
    """
    xp = namespace(matrix)
    a, b, c = COEFFICIENTS
    tall = matrix.shape[-2] > matrix.shape[-1]
    start = matrix.swapaxes(-1, -2) if tall else matrix
    size = xp.sqrt((start**2).sum((-2, -1), keepdims=True)) + eps
    start = start / xp.where(size > 0, size, 1.0)
    if LONG * start.shape[-2] > start.shape[-1]:
        found = start
        for _ in range(iterations):
            gram = matmul(found, found.swapaxes(-1, -2))
            found = a * found + matmul(b * gram + c * matmul(gram, gram), found)
    else:
        from tp.matrix_free.orthonormal import products  # it loads NumPy, which reading programs does without

        found = matmul(_factor_of(products(start, start), iterations), start)
    return found.swapaxes(-1, -2) if tall else found


def _factor_of(gram: Any, iterations: int) -> Any:
    """P of the last iterate P X, where ``gram`` is X X'."""
    xp = namespace(gram)
    a, b, c = COEFFICIENTS
    factor = xp.broadcast_to(xp.eye(gram.shape[-1], dtype=gram.dtype), gram.shape)
    for _ in range(iterations):
        now = matmul(matmul(factor, gram), factor.swapaxes(-1, -2))
        factor = a * factor + matmul(b * now + c * matmul(now, now), factor)
    return factor


def inverse_root(matrix: Any, power: float, eps: float) -> Any:
    """(``matrix`` + ``eps`` 1)^(-``power``) of a positive matrix, over its eigenvalues that are not zero.

    Those up to :data:`CUTOFF` rounding errors of the largest one count as zero.
    """
    xp = namespace(matrix)
    values, vectors = xp.linalg.eigh(matrix)
    least = CUTOFF * float(namespace(matrix).finfo(matrix.dtype).eps) * values[..., -1:]
    kept = values > xp.maximum(least, 0.0)
    roots = xp.where(kept, (xp.where(kept, values, 1.0) + eps) ** -power, 0.0)
    return matmul(vectors * roots[..., None, :], vectors.swapaxes(-1, -2))
