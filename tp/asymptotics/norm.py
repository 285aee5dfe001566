"""The subordinate norm of a tensor (paper, eq. 1): exact up to rank 2, between two bounds from rank 3 on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from tp.asymptotics.ascent import ascend, starts_of
from tp.asymptotics.matricise import flattening_bound, nested_bound
from tp.asymptotics.tensors import Floats, as_tensor, contract_fully, largest_entry

EXACT = 1e-9
"""Bounds that differ by no more than this fraction of the upper one count as equal."""


@dataclass(frozen=True, slots=True, eq=False)
class NormInterval:
    """The subordinate norm lies in [``lower``, ``upper``], up to rounding.

    ``witness`` has one unit vector [N_e] for each slot; the tensor contracted with them gives ``lower`` (for
    rank 0, where there is no vector, its absolute value).
    """

    lower: float
    upper: float
    witness: tuple[Float[Floats, " _"], ...]

    @property
    def exact(self) -> bool:
        """Whether the bounds coincide, to one part in 10^9."""
        return self.upper - self.lower <= EXACT * self.upper

    @property
    def value(self) -> float:
        """The norm where the bounds coincide. Raises ValueError where they do not."""
        if not self.exact:
            raise ValueError(f"the norm is only known to lie in [{self.lower:g}, {self.upper:g}]")
        return self.lower


def frobenius_norm(tensor: npt.ArrayLike) -> float:
    """The root of the sum of squares of all entries (paper, eq. 2). Raises ValueError as :func:`subordinate_norm`."""
    array = as_tensor(tensor)
    scale = largest_entry(array)
    return scale * float(np.linalg.norm((array / scale).ravel()))


def subordinate_norm(
    tensor: npt.ArrayLike, *, restarts: int = 8, sweeps: int = 200, nested: bool = True, seed: int = 0
) -> NormInterval:
    """sup { M·(v^1 x ... x v^r) : unit vectors } (paper, eq. 1) of a real tensor [N_1, ..., N_r] of any rank r.

    Rank 0 is the absolute value, rank 1 the Euclidean norm, rank 2 the largest singular value. From rank 3 on
    the norm is NP-hard, and what is returned is an interval. From below: alternating maximisation
    (:func:`~tp.asymptotics.ascent.ascend`, at most ``sweeps`` sweeps) from the leading singular vectors of each
    slot and from ``restarts`` random starts, repeatable for a fixed ``seed``. From above: the smallest of the
    Frobenius norm, the spectral norms of all bipartitions and, where ``nested``, their refinement by the norms of the
    singular vectors (:func:`~tp.asymptotics.matricise.nested_bound`).

    Raises ValueError for complex, NaN or infinite entries, empty axes, or a negative number of restarts.
    """
    array = as_tensor(tensor)
    if restarts < 0 or sweeps < 0:
        raise ValueError("restarts and sweeps are 0 or more")
    scale = largest_entry(array)
    scaled = np.asarray(array / scale)
    if array.ndim < 3:
        lower, witness = _small(scaled)
        return NormInterval(scale * lower, scale * lower, witness)
    witness = ascend(scaled, starts_of(scaled, restarts, seed), sweeps).best()
    lower = contract_fully(scaled, witness)
    if lower < 0:
        witness, lower = (-witness[0], *witness[1:]), -lower
    upper = flattening_bound(scaled)
    if nested and upper - lower > EXACT * upper:
        upper = min(upper, nested_bound(scaled))
    return NormInterval(scale * lower, scale * max(lower, upper), witness)


def _small(tensor: Floats) -> tuple[float, tuple[Floats, ...]]:
    """The norm of a tensor of rank 2 at most, with its witness."""
    if tensor.ndim == 0:
        return abs(float(tensor)), ()
    if tensor.ndim == 1:
        size = float(np.linalg.norm(tensor))
        return size, (tensor / size if size > 0 else np.eye(1, tensor.size)[0],)
    left, sizes, right = np.linalg.svd(tensor, full_matrices=False)
    return float(sizes[0]), (np.asarray(left[:, 0], dtype=np.float64), np.asarray(right[0], dtype=np.float64))


def batch_norms(batch: Float[Floats, "draws ..."]) -> tuple[Float[Floats, " draws"], Float[Floats, " draws"]]:
    """Lower and upper bounds of the subordinate norms of a batch of tensors [draws, N_1, ..., N_r].

    The two are equal up to rank 2. From rank 3 on the work is kept small: 2 random starts, 50 sweeps, no nested bound.
    """
    rank = batch.ndim - 1
    if rank == 0:
        size = np.abs(batch)
    elif rank == 1:
        size = np.asarray(np.linalg.norm(batch, axis=1), dtype=np.float64)
    elif rank == 2:
        size = np.asarray(np.linalg.svd(batch, compute_uv=False)[:, 0], dtype=np.float64)
    else:
        found = [subordinate_norm(tensor, restarts=2, sweeps=50, nested=False) for tensor in batch]
        return np.array([f.lower for f in found]), np.array([f.upper for f in found])
    return size, size
