"""Kernels of outputs with several components.

A kernel K[i, j, ...axes, ...axes'] has one matrix over components for every pair of inputs. Components that are
independent and alike have K = k ⊗ 1: then regression needs the matrix k alone, and the components are columns of
targets. Else inputs and components together are the rows of one matrix.
"""

from __future__ import annotations

from math import prod

import numpy as np
from jaxtyping import Float

from tp.ndarray import NDArray

Array = NDArray[np.float64]

ALIKE = 1e-12
"""Entries whose difference is at most this share of the largest one are equal up to rounding."""


def flat(kernel: Float[Array, "left right ..."]) -> Float[Array, "rows columns"]:
    """``kernel`` as a matrix whose rows and columns are pairs (input, component), components running fastest."""
    left, right, count = _sizes(kernel)
    return kernel.reshape(left, right, count, count).transpose(0, 2, 1, 3).reshape(left * count, right * count)


def apart(kernel: Float[Array, "rows columns"], shape: tuple[int, ...]) -> Float[Array, "left right ..."]:
    """The inverse of :func:`flat` for outputs of ``shape``."""
    count = prod(shape)
    left, right = kernel.shape[0] // count, kernel.shape[1] // count
    return kernel.reshape(left, count, right, count).transpose(0, 2, 1, 3).reshape(left, right, *shape, *shape)


def alike(kernel: Float[Array, "left right ..."]) -> Float[Array, "left right"] | None:
    """The k of ``kernel`` = k ⊗ 1, or None where it is not of this form up to rounding."""
    left, right, count = _sizes(kernel)
    blocks = kernel.reshape(left, right, count, count)
    one = blocks[:, :, 0, 0] if count else np.zeros((left, right))
    largest = np.abs(blocks).max(initial=0.0)
    for c in range(count):
        for d in range(count):
            if np.abs(blocks[:, :, c, d] - (one if c == d else 0.0)).max(initial=0.0) > ALIKE * largest:
                return None
    return one


def _sizes(kernel: Array) -> tuple[int, int, int]:
    """(left inputs, right inputs, components of an output)."""
    left, right, *shape = kernel.shape
    return left, right, prod(shape[: len(shape) // 2])
