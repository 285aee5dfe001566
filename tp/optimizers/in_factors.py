"""Updates in factors: how a weight moves that is never an array.

The gradient of such a weight is a sum of a few outer products, G = Σ_r left_r ⊗ right_r. There are three ways in which
an optimiser may act on it, and :meth:`Optimizer.in_factors` says by weight which of them holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from tp.namespace import matmul, namespace


class InFactors(Enum):
    """What an update acts on, in place of the array of a weight that has become W = γ W_0 + its moves."""

    COEFFICIENTS = "coefficients"
    """The numbers γ and c of W = γ W_0 + Σ_r c_r left_r ⊗ right_r. The update must be linear."""

    COORDINATES = "coordinates"
    """The matrix γ ⊕ A of W = γ W_0 + Q_L' A Q_R, [1 + rows, 1 + columns], where rows of Q_L and Q_R are orthonormal.

    The update must commute with rotations of rows and of columns, u(Q_L' A Q_R) = Q_L' u(A) Q_R, and give zero where
    the gradient is zero: it then acts on coordinates as on arrays. γ is a row and a column of its own, in which
    gradients are zero.
    """

    OUTER = "outer"
    """The outer products themselves, an :class:`Outer`. The update of one must be an :class:`Outer` again."""


@dataclass(frozen=True, eq=False)
class Outer:
    """The matrix Σ_r left_r ⊗ right_r + share W of a weight W: ``left`` [..., rank, out], ``right`` [..., rank, in].

    It has the arithmetic that the update of an array needs: sums, and products with numbers.
    """

    left: Any
    right: Any
    share: Any = 0.0

    __array_ufunc__ = None  # numbers of NumPy leave products to this class

    @staticmethod
    def itself(left: Any, right: Any) -> Outer:
        """The weight W; ``left`` and ``right`` are of outer products of it, of which only the sizes count."""
        return Outer(left[..., :0, :], right[..., :0, :], 1.0)

    @property
    def factors(self) -> tuple[Any, Any]:
        """The rows on both sides."""
        return self.left, self.right

    def __add__(self, other: Outer) -> Outer:
        xp = namespace(self.left, other.left)
        left = xp.concatenate([self.left, other.left], axis=-2)
        right = xp.concatenate([self.right, other.right], axis=-2)
        return Outer(left, right, self.share + other.share)

    def __mul__(self, number: Any) -> Outer:
        # A share is one number. It is zero where the other has an axis of draws: that of a gradient.
        none = isinstance(self.share, float) and not self.share
        share = 0.0 if none else self.share * (number.reshape(-1)[0] if hasattr(number, "reshape") else number)
        return Outer(number * self.left, self.right, share)

    __rmul__ = __mul__

    def __neg__(self) -> Outer:
        return -1.0 * self

    def __sub__(self, other: Outer) -> Outer:
        return self + -other

    @property
    def dtype(self) -> Any:
        """The kind of its numbers."""
        return self.left.dtype

    @property
    def ndim(self) -> int:
        """The number of axes of its matrix, with those of draws."""
        return self.left.ndim

    def scaled(self, left: Any, right: Any) -> Outer:
        """Every row of the matrix times an entry of ``left`` [..., out], and every column times one of ``right``."""
        return Outer(self.left * left[..., None, :], self.right * right[..., None, :])

    def row_squares(self) -> Any:
        """The sum of the squares of each row of the matrix, [..., out]."""
        return _squares(self.left, self.right)

    def column_squares(self) -> Any:
        """The sum of the squares of each column of the matrix, [..., in]."""
        return _squares(self.right, self.left)

    def squared(self) -> Any:
        """The sum of the squares of all entries, [...]."""
        return self.row_squares().sum(-1)


def _squares(rows: Any, others: Any) -> Any:
    """|Σ_r rows_ri others_r|² for every i.

    The inner products of ``others`` are T T' with T from their eigenvectors, so the squares are sums of squares: nearly
    dependent rows lose no more digits than their products do.
    """
    from tp.matrix_free.orthonormal import products

    if others.shape[-2] == 1:
        return (rows[..., 0, :] ** 2) * (others**2).sum(-1)
    xp = namespace(rows)
    values, vectors = xp.linalg.eigh(products(others, others))
    root = vectors * xp.sqrt(xp.maximum(values, 0.0))[..., None, :]
    return (matmul(root.swapaxes(-1, -2), rows) ** 2).sum(-2)
