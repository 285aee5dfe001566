"""Checks of arguments: real tensors, unit vectors, and full contractions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from tp.ndarray import NDArray

Floats = NDArray[np.float64]


def as_tensor(values: npt.ArrayLike) -> Float[Floats, " ..."]:
    """``values`` as an array of finite real numbers without empty axes, of any rank.

    Raises ValueError for complex or non-numeric entries, NaN or infinite entries, and axes of size 0.
    """
    raw = np.asarray(values)
    if raw.dtype.kind not in "biuf":
        raise ValueError(f"a tensor needs real entries, not {raw.dtype}")
    tensor = raw.astype(np.float64)
    if 0 in tensor.shape:
        raise ValueError(f"a tensor needs axes of size 1 or more, not the shape {tensor.shape}")
    bad = np.argwhere(~np.isfinite(tensor))
    if bad.size or (tensor.ndim == 0 and not np.isfinite(tensor)):
        where = "" if tensor.ndim == 0 else f", the first one at {tuple(int(i) for i in bad[0])}"
        raise ValueError(f"a tensor needs finite entries: NaN or infinity found{where}")
    return tensor


def contract_fully(tensor: npt.ArrayLike, vectors: Sequence[npt.ArrayLike]) -> float:
    """M·(v^1 x ... x v^r) of eq. 1: the tensor [N_1, ..., N_r] contracted with a vector [N_e] in every slot.

    Raises ValueError when the vectors do not fit the tensor.
    """
    left = as_tensor(tensor)
    given = [as_tensor(v) for v in vectors]
    if [v.shape for v in given] != [(size,) for size in left.shape]:
        raise ValueError(f"a tensor of shape {left.shape} needs one vector for each axis, of its size")
    for vector in reversed(given):
        left = left @ vector
    return float(left)


def largest_entry(tensor: Float[Floats, " ..."]) -> float:
    """The largest absolute value of an entry; 1 for the zero tensor, so that one can divide by it."""
    size = float(np.abs(tensor).max())
    return size if size > 0 else 1.0
