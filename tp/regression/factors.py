"""The linear algebra of kernel matrices, by LAPACK: factors that say what is wrong with a matrix that has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from tp.diagnostics.diagnostic import TpError, error
from tp.ndarray import NDArray

Array = NDArray[np.float64]
Square = Float[Array, "rows rows"]

SYMMETRIC = 1e-8
"""Two entries of a symmetric matrix differ at most by this share of its largest entry."""
ROUNDING = float(np.finfo(np.float64).eps)


def checked(kernel: npt.ArrayLike, name: str) -> Square:
    """``kernel`` as a symmetric matrix in double precision; ``name`` is what messages call it.

    Raises TpError TP633 where it is not square, TP604 where it is not finite, TP632 where it is not symmetric.
    """
    matrix = finite(kernel, name)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise error("TP633", f"{name} has the shape {list(matrix.shape)}, and is not a square matrix")
    gap = np.abs(matrix - matrix.T).max(initial=0.0)
    if gap > SYMMETRIC * np.abs(matrix).max(initial=0.0):
        i, j = np.unravel_index(np.argmax(np.abs(matrix - matrix.T)), matrix.shape)
        message = (
            f"{name} is not symmetric: entries [{i}, {j}] and [{j}, {i}] are {matrix[i, j]:.6g} and {matrix[j, i]:.6g}"
        )
        raise error("TP632", message, hint="a kernel does not change when its two inputs are exchanged")
    return 0.5 * (matrix + matrix.T)


def finite(values: npt.ArrayLike, name: str) -> Float[Array, ...]:
    """``values`` in double precision. Raises TpError TP604 where some are NaN or infinite, TP633 for other things."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise error("TP633", f"{name} are not an array of real numbers") from problem
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        place = f", first at {wrong[0].tolist()}" if array.ndim else ""
        raise error("TP604", f"{name} have values that are not finite{place}", hint="leave these samples out")
    return array


@dataclass(frozen=True, slots=True)
class Cholesky:
    """``matrix`` = L L', with L below the diagonal."""

    lower: Square

    @classmethod
    def of(cls, kernel: Square, added: float, name: str, remedy: str) -> Cholesky:
        """The factor of ``kernel`` + ``added`` on the diagonal; ``remedy`` says in messages how more is added.

        Raises TpError TP632 where the kernel has a negative eigenvalue beyond rounding, and TP631 where the sum is
        singular to working precision.
        """
        from scipy.linalg import LinAlgError, cholesky, get_lapack_funcs

        matrix = kernel + added * np.eye(len(kernel))
        try:
            lower = np.asarray(cholesky(matrix, lower=True), np.float64)
        except LinAlgError as problem:
            raise singular(kernel, added, name, remedy) from problem
        norm = np.abs(matrix).sum(axis=0).max(initial=0.0)
        (condition,) = get_lapack_funcs(("pocon",), (matrix,))
        if float(condition(lower, norm, uplo="L")[0]) < len(matrix) * ROUNDING:
            raise singular(kernel, added, name, remedy)
        return cls(lower)

    def half(self, columns: Float[Array, "rows columns"]) -> Float[Array, "rows columns"]:
        """L^-1 ``columns``."""
        from scipy.linalg import solve_triangular

        return solve_triangular(self.lower, columns, lower=True)

    def solve(self, columns: Float[Array, "rows columns"]) -> Float[Array, "rows columns"]:
        """The solution of matrix · x = ``columns``."""
        from scipy.linalg import cho_solve

        return cho_solve((self.lower, True), columns)

    @property
    def log_determinant(self) -> float:
        """log det(matrix)."""
        return 2.0 * float(np.log(np.diagonal(self.lower)).sum())


@dataclass(frozen=True, slots=True)
class Spectrum:
    """``matrix`` = V diag(values) V' with orthonormal columns of V; values ascend and are at least 0."""

    values: Float[Array, " rows"]
    vectors: Square

    @classmethod
    def of(cls, kernel: Square, name: str) -> Spectrum:
        """The eigenvalues of ``kernel``; those that are negative by rounding are 0. Raises TpError TP632 for others."""
        from scipy.linalg import eigh

        found: Any = eigh(kernel)
        values, vectors = found
        if len(values) and values[0] < -tolerance(values):
            raise _indefinite(values, name)
        return cls(np.maximum(values, 0.0), vectors)

    def apply(self, function: Float[Array, " rows"], columns: Float[Array, "rows columns"]) -> Array:
        """V diag(``function``) V' ``columns``."""
        return self.vectors @ (function[:, None] * (self.vectors.T @ columns))


def tolerance(values: Float[Array, " rows"]) -> float:
    """What eigenvalues may be off by rounding: of the matrix, and of the kernel that it was computed from."""
    return 10.0 * len(values) * ROUNDING * float(np.abs(values).max(initial=0.0))


def singular(kernel: Square, added: float, name: str, remedy: str) -> TpError:
    """The error for a ``kernel`` that cannot be inverted after ``added`` on its diagonal."""
    from scipy.linalg import eigvalsh

    values = eigvalsh(kernel)
    if values[0] < -tolerance(values):
        return _indefinite(values, name)
    message = (
        f"{name} is singular to working precision: its eigenvalues lie between {values[0]:.3g} and {values[-1]:.3g}"
    )
    if added:
        message += f", and {added:.3g} on its diagonal does not change that"
    twins = _twins(kernel)
    if twins is not None:
        message += (
            f"; rows {twins[0]} and {twins[1]} are equal: the network cannot tell these inputs, or components, apart"
        )
    return error("TP631", message, hint=remedy)


def _indefinite(values: Float[Array, " rows"], name: str) -> TpError:
    message = f"{name} is not positive semidefinite: its eigenvalues lie between {values[0]:.3g} and {values[-1]:.3g}"
    hint = (
        "a kernel has no negative eigenvalue; one that was measured with few draws, with different draws for different "
        "entries, or in single precision may have some"
    )
    return error("TP632", message, hint=hint)


def _twins(kernel: Square) -> tuple[int, int] | None:
    """The first two rows of ``kernel`` that are equal up to rounding."""
    diagonal = np.diagonal(kernel)
    distance = diagonal[:, None] + diagonal[None, :] - 2.0 * kernel
    close = np.triu(distance <= 100.0 * ROUNDING * np.abs(diagonal).max(initial=0.0), k=1)
    places = np.argwhere(close)
    return (int(places[0, 0]), int(places[0, 1])) if len(places) else None
