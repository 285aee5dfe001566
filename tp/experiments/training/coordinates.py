"""Orthonormal coordinates of the outer products of a weight, in which rotation-invariant optimisers act.

Left factors have coordinates X_L in a basis Q_L, and right ones X_R in Q_R. Then Σ_r left_r ⊗ right_r is
Q_L' (X_L' X_R) Q_R: its norm and its singular values are those of the small matrix. A basis grows with every step by as
many rows as there are new factors. A side with no more entries than that keeps its own axes as the basis.

A weight γ W_0 + Q_L' A Q_R is the matrix γ ⊕ A, whose first row and column belong to the initial value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jaxtyping import Float

from tp.matrix_free.control import written
from tp.matrix_free.orthonormal import Array, split
from tp.namespace import matmul
from tp.optimizers.sides import Sides

if TYPE_CHECKING:
    from tp.optimizers.growing import Coordinates


def no_rows(xp: Any, draws: tuple[int, ...], count: int, size: int, kind: Any) -> Float[Array, "*draws rows size"]:
    """Room for ``count`` rows of outer products."""
    return xp.zeros((*draws, count, size), kind)


def of_rows(rows: Float[Array, "*draws rows size"]) -> Coordinates:
    """The coordinates of ``rows`` in an orthonormal basis of their span, or ``rows`` where they are the shorter."""
    if rows.shape[-1] <= rows.shape[-2]:
        return rows
    return split(rows, rows[..., :0, :]).outside


def product(left: Coordinates, right: Coordinates) -> Float[Array, "*draws known known"]:
    """The matrix X_L' X_R of outer products with these coordinates."""
    return matmul(left.swapaxes(-1, -2), right)


def beside_initial(xp: Any, matrix: Float[Array, "*draws k l"]) -> Float[Array, "*draws rows columns"]:
    """0 ⊕ ``matrix``: a gradient, which the initial weight has no part in."""
    return xp.pad(matrix, [(0, 0)] * (matrix.ndim - 2) + [(1, 0), (1, 0)])


def initial(xp: Any, draws: tuple[int, ...], rows: int, columns: int, kind: Any) -> Float[Array, "*draws k l"]:
    """1 ⊕ 0: the initial weight, in bases of so many rows."""
    return written(xp.zeros((*draws, 1 + rows, 1 + columns), kind), (..., 0, 0), 1)


def as_weight(matrix: Float[Array, "*draws k l"], sides: Sides) -> Any:
    """``matrix`` with as many axes as the weight has, all but the last one of each side of size 1."""
    *draws, rows, columns = matrix.shape
    return matrix.reshape((*draws, *(1,) * (sides.outs - 1), rows, *(1,) * (sides.ins - 1), columns))
