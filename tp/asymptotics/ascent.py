"""Lower bounds of the subordinate norm: alternating maximisation over the slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from tp.asymptotics.matricise import matricise
from tp.asymptotics.tensors import Floats

SETTLED = 1e-13
"""The ascent ends when a sweep over all slots raises no value by more than this fraction of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Ascent:
    """Where the ascents of several starts ended.

    ``vectors[e]`` [starts, N_e] are unit vectors. ``values`` are absolute values of the full contractions with them,
    before the first sweep and after each sweep; they never decrease.
    """

    vectors: tuple[Float[Floats, "starts _"], ...]
    values: Float[Floats, "sweeps starts"]

    def best(self) -> tuple[Float[Floats, " _"], ...]:
        """The unit vectors of the start that ended highest."""
        winner = int(np.argmax(self.values[-1]))
        return tuple(v[winner] for v in self.vectors)


def ascend(tensor: Float[Floats, " ..."], starts: Sequence[Float[Floats, "starts _"]], sweeps: int) -> Ascent:
    """Alternating maximisation of eq. 1 from ``starts``, one array [starts, N_e] of vectors for each slot e.

    The best vector in one slot, given the others, is the normalised contraction with the others. Each update is
    exact, so the value never decreases. Its limit is stationary, and not always the supremum.
    """
    vectors = [_normalised(v) for v in starts]
    values = [np.abs(np.einsum("ri,ri->r", contract_others(tensor, vectors, 0), vectors[0]))]
    for _ in range(sweeps):
        size = values[-1]
        for slot in range(tensor.ndim):
            image = contract_others(tensor, vectors, slot)
            size = np.linalg.norm(image, axis=1)
            moves = size > 0
            vectors[slot] = np.where(moves[:, None], image / np.where(moves, size, 1.0)[:, None], vectors[slot])
        values.append(np.maximum(size, values[-1]))
        if np.all(values[-1] <= values[-2] * (1 + SETTLED)):
            break
    return Ascent(tuple(vectors), np.stack(values))


def contract_others(
    tensor: Float[Floats, " ..."], vectors: Sequence[Float[Floats, "starts _"]], slot: int
) -> Float[Floats, "starts slot"]:
    """The tensor contracted with vectors [starts, N_e] in every slot but one: [starts, N_slot]."""
    rank = tensor.ndim
    operands: list[object] = [tensor, list(range(rank))]
    for e in range(rank):
        if e != slot:
            operands += [vectors[e], [rank, e]]
    return np.einsum(*operands, [rank, slot], optimize="greedy")  # type: ignore[call-overload]


def starts_of(tensor: Float[Floats, " ..."], restarts: int, seed: int) -> list[Float[Floats, "starts _"]]:
    """The :func:`singular_starts`, then ``restarts`` random ones: one array [starts, N_e] for each slot e."""
    parts = singular_starts(tensor), random_starts(tensor, restarts, seed)
    return [np.concatenate(pair) for pair in zip(*parts, strict=True)]


def random_starts(tensor: Float[Floats, " ..."], count: int, seed: int) -> list[Float[Floats, "starts _"]]:
    """``count`` starts in uniformly random directions: one array [count, N_e] for each slot."""
    draw = np.random.default_rng(seed)
    return [_normalised(draw.standard_normal((count, size))) for size in tensor.shape]


def singular_starts(tensor: Float[Floats, " ..."]) -> list[Float[Floats, "starts _"]]:
    """As many starts as slots: one array [rank, N_e] for each slot e.

    A start has in its own slot the leading singular vector of the matricisation. Then the tensor is contracted with it,
    and the other slots follow in turn.
    """
    rank = tensor.ndim
    starts = [np.empty((rank, size)) for size in tensor.shape]
    for first in range(rank):
        left, slots = tensor, list(range(rank))
        for slot in (first, *(e for e in range(rank) if e != first)):
            axis = slots.index(slot)
            vector = _leading(matricise(left, (axis,)))
            starts[slot][first] = vector
            left = np.tensordot(left, vector, axes=(axis, 0))
            slots.remove(slot)
    return starts


def _leading(matrix: Floats) -> Floats:
    """The leading left singular vector of a matrix [rows, columns]."""
    if matrix.shape[1] > matrix.shape[0]:
        return np.linalg.eigh(matrix @ matrix.T)[1][:, -1]
    return np.linalg.svd(matrix, full_matrices=False)[0][:, 0]


def _normalised(vectors: Floats) -> Floats:
    size = np.linalg.norm(vectors, axis=1, keepdims=True)
    first = np.zeros_like(vectors)
    first[:, 0] = 1.0
    return np.where(size > 0, vectors / np.where(size > 0, size, 1.0), first)
