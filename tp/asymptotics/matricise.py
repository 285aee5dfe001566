"""Upper bounds of the subordinate norm from matricisations.

A bipartition of the slots makes the tensor a matrix. Its spectral norm is a supremum over more vectors than those
of eq. 1 (all unit vectors of the product spaces, not only outer products), hence an upper bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from jaxtyping import Float

from tp.asymptotics.tensors import Floats

_ROOM = 1 << 22
"""Singular vectors of a bipartition are computed only where they have no more entries than this."""


def bipartitions(rank: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """All 2^(rank-1) - 1 ways to split the slots 0, ..., rank - 1 in two parts; slot 0 is in the first."""
    for extra in range(rank - 1):
        for more in combinations(range(1, rank), extra):
            rows = (0, *more)
            yield rows, tuple(e for e in range(rank) if e not in rows)


def matricise(tensor: Float[Floats, " ..."], rows: tuple[int, ...]) -> Float[Floats, "rows columns"]:
    """The matrix of a tensor whose row index runs over the slots ``rows``, its column index over all others."""
    columns = tuple(e for e in range(tensor.ndim) if e not in rows)
    height = int(np.prod([tensor.shape[e] for e in rows], dtype=np.int64))
    return tensor.transpose(*rows, *columns).reshape(height, -1)


def flattening_bound(tensor: Float[Floats, " ..."]) -> float:
    """The smallest spectral norm over all bipartitions; the Frobenius norm below rank 2."""
    return float(_flattening_bounds(tensor[None])[0])


def _flattening_bounds(batch: Floats) -> Floats:
    """:func:`flattening_bound` for each tensor of a batch [k, N_1, ..., N_r]."""
    rank = batch.ndim - 1
    frobenius = np.sqrt(np.sum(batch.reshape(batch.shape[0], -1) ** 2, axis=1))
    best = frobenius
    for rows, columns in bipartitions(rank):
        height = int(np.prod([batch.shape[1 + e] for e in rows], dtype=np.int64))
        order = (0, *(1 + e for e in rows), *(1 + e for e in columns))
        matrices = batch.transpose(order).reshape(batch.shape[0], height, -1)
        best = np.minimum(best, np.linalg.svd(matrices, compute_uv=False)[:, 0])
    return best


def nested_bound(tensor: Float[Floats, " ..."]) -> float:
    """An upper bound from singular vectors that are tensors themselves.

    With M = sum_k s_k U_k x V_k for a bipartition, a full contraction is sum_k s_k a_k b_k, where
    |a_k| <= ||U_k||, sum_k a_k^2 <= 1, and alike for b. By Cauchy and Schwarz it is at most sqrt(A B), A the
    largest sum_k s_k a_k^2 under these conditions. ||U_k|| is bounded by :func:`flattening_bound` in turn. Never
    above the spectral norm s_1 of the same bipartition. The result is the smallest such value over all bipartitions.
    """
    best = float("inf")
    for rows, columns in bipartitions(tensor.ndim):
        matrix = matricise(tensor, rows)
        if min(matrix.shape) * sum(matrix.shape) > _ROOM:
            continue
        left, sizes, right = np.linalg.svd(matrix, full_matrices=False)
        bounds: list[float] = []
        for vectors, slots in ((left.T, rows), (right, columns)):
            tensors = vectors.reshape(-1, *(tensor.shape[e] for e in slots))
            bounds.append(_filled(sizes, _flattening_bounds(tensors) ** 2))
        best = min(best, float(np.sqrt(bounds[0] * bounds[1])))
    return best


def _filled(sizes: Floats, room: Floats) -> float:
    """The maximum of ``sizes @ w`` over 0 <= w <= ``room`` with sum(w) <= 1; ``sizes`` [k] decrease."""
    before = np.cumsum(room) - room
    return float(sizes @ np.clip(1 - before, 0, room))
