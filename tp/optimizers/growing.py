"""Orthonormal bases that grow with every step, so that only what gradients span is kept of a long side of a weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxtyping import Float

    from tp.matrix_free.orthonormal import Array

    Basis = Float[Array, "*draws known size"]
    Coordinates = Float[Array, "*draws rows known"]


def empty(xp: Any, draws: tuple[int, ...], known: int, size: int, kind: Any) -> Basis:
    """A basis of ``known`` rows before the first step: all axes where it has a row for each, else no row yet."""
    rows = xp.zeros((*draws, known, size), kind)
    return rows + xp.eye(size, dtype=kind) if known == size else rows


def extended(basis: Basis, rows: Float[Array, "*draws rows size"], start: Any) -> tuple[Basis, Coordinates]:
    """``basis`` with what ``rows`` add to its span, from row number ``start`` on, and their coordinates in it.

    Rows of the basis from there on are zero before. An array of NumPy is overwritten.
    """
    if basis.shape[-2] == basis.shape[-1]:
        return basis, rows
    from tp.matrix_free.control import written_rows  # they load NumPy, which reading programs does without
    from tp.matrix_free.orthonormal import split

    found = split(rows, basis)
    return written_rows(basis, start, found.fresh, axis=-2), written_rows(found.inside, start, found.outside, axis=-1)
