"""Symmetric tensors: the supremum of eq. 1 is attained, up to a sign, at one vector in all slots (Banach)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tp.asymptotics.ascent import ascend, contract_others, starts_of
from tp.asymptotics.norm import NormInterval, subordinate_norm
from tp.asymptotics.tensors import Floats, as_tensor, contract_fully, largest_entry

TOLERANCE = 1e-12
"""Entries that a permutation of the slots exchanges may differ by this fraction of the largest entry."""


def is_symmetric(tensor: npt.ArrayLike) -> bool:
    """Whether permutations of the slots leave the tensor as it is. Raises ValueError as ``subordinate_norm``."""
    array = as_tensor(tensor)
    if len(set(array.shape)) > 1:
        return False
    room = TOLERANCE * largest_entry(array)
    return all(np.abs(array - np.swapaxes(array, e, e + 1)).max() <= room for e in range(array.ndim - 1))


def symmetric_norm(
    tensor: npt.ArrayLike, *, restarts: int = 8, sweeps: int = 500, nested: bool = True, seed: int = 0
) -> NormInterval:
    """The subordinate norm of a symmetric tensor [N, ..., N], with a witness (s x, x, ..., x), s = 1 or -1.

    By Banach's theorem (1938) the supremum over one vector, max |M·(x x ... x x)|, is that of eq. 1. From below:
    symmetric power iteration with a shift that makes it monotone (Kolda and Mayo 2011), started where alternating
    maximisation ends, from ``restarts`` random starts and the leading singular vectors. From above: as
    :func:`~tp.asymptotics.norm.subordinate_norm`.

    Raises ValueError when the tensor is not symmetric, and as ``subordinate_norm``.
    """
    array = as_tensor(tensor)
    if not is_symmetric(array):
        raise ValueError("the tensor is not symmetric: permuting its slots changes it")
    general = subordinate_norm(array, restarts=restarts, sweeps=sweeps, nested=nested, seed=seed)
    if array.ndim < 2:
        return general
    scale = largest_entry(array)
    scaled = array / scale
    if array.ndim == 2:
        values, vectors = np.linalg.eigh(scaled)
        best = vectors[:, int(np.argmax(np.abs(values)))]
    else:
        ends = np.concatenate(ascend(scaled, starts_of(scaled, restarts, seed), sweeps).vectors)
        best = _climbed(scaled, ends, general.upper / scale, sweeps)
    lower = contract_fully(scaled, [best] * array.ndim)
    sign = -1.0 if lower < 0 else 1.0
    lower = scale * abs(lower)
    return NormInterval(lower, max(lower, general.upper), (sign * best, *([best] * (array.ndim - 1))))


def _climbed(tensor: Floats, starts: Floats, bound: float, sweeps: int) -> Floats:
    """The vector of largest |M·(x x ... x x)| that shifted power iteration finds from ``starts`` [k, N].

    It maximises s M·(x x ... x x), with the sign s of the value at the start. A shift of r - 1 times a ``bound`` of the
    norm makes the function convex, so the iteration is monotone.
    """
    rank = tensor.ndim
    x = starts
    image = contract_others(tensor, [x] * rank, 0)
    value = np.einsum("ki,ki->k", image, x)
    sign = np.where(value < 0, -1.0, 1.0)
    shift = (rank - 1) * bound
    for _ in range(sweeps):
        step = sign[:, None] * image + shift * x
        size = np.linalg.norm(step, axis=1, keepdims=True)
        x = np.where(size > 0, step / np.where(size > 0, size, 1.0), x)
        image, before = contract_others(tensor, [x] * rank, 0), value
        value = np.einsum("ki,ki->k", image, x)
        if np.all(np.abs(value - before) <= 1e-14 * bound):
            break
    return x[int(np.argmax(np.abs(value)))]
