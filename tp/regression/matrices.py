"""Matrices that regression is given, as arrays of the right shape."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from tp.diagnostics.diagnostic import error
from tp.ndarray import NDArray
from tp.regression.factors import checked, finite

Array = NDArray[np.float64]


def columns(targets: npt.ArrayLike, rows: int) -> Float[Array, "rows columns"]:
    """``targets`` [rows] or [rows, columns]. Raises TpError TP603 for no rows, TP604 for NaN, TP633 for shapes."""
    values = finite(targets, "the targets")
    if not rows:
        raise error("TP603", "there are no training inputs", hint="the leading axis counts samples")
    if values.ndim not in (1, 2) or len(values) != rows:
        message = f"targets of the shape {list(values.shape)} do not fit {rows} training inputs"
        raise error("TP633", message, hint="one row for each input, and one column for each component")
    return values.reshape(rows, -1)


def cross_of(cross: npt.ArrayLike, rows: int) -> Float[Array, "inputs rows"]:
    """The kernel between new inputs and ``rows`` inputs of training. Raises TpError TP604, TP633."""
    matrix = finite(cross, "the kernel between new and training inputs")
    if matrix.ndim != 2 or matrix.shape[1] != rows:
        message = f"a kernel of the shape {list(matrix.shape)} is not one between new inputs and {rows} training inputs"
        raise error("TP633", message, hint="rows are new inputs, columns are training inputs")
    return matrix


def test_of(test: npt.ArrayLike, cross: Float[Array, "inputs rows"]) -> Float[Array, "inputs inputs"]:
    """The kernel of the new inputs, which ``cross`` has as rows. Raises TpError TP604, TP632, TP633."""
    matrix = checked(test, "the kernel of the new inputs")
    if len(matrix) != len(cross):
        raise error("TP633", f"the kernel of the new inputs has {len(matrix)} rows for {len(cross)} inputs")
    return matrix
