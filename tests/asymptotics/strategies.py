"""Random tensors for hypothesis: small shapes, entries of any size, zeros on purpose."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

Array = np.ndarray
MOST = {0: 1, 1: 6, 2: 5, 3: 4, 4: 3}
"""The largest axis for each rank."""


@st.composite
def shapes(draw: st.DrawFn, ranks: tuple[int, ...] = (0, 1, 2, 3, 4)) -> tuple[int, ...]:
    rank = draw(st.sampled_from(ranks))
    return tuple(draw(st.integers(1, MOST[rank])) for _ in range(rank))


@st.composite
def tensors_of(draw: st.DrawFn, shape: tuple[int, ...]) -> Array:
    """A tensor of this shape: generic, with few non-zero entries, or of low rank; scaled by a power of ten."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(("generic", "sparse", "whole")))
    tensor = generator.standard_normal(shape)
    if kind == "sparse":
        tensor = tensor * (generator.random(shape) < 0.3)
    if kind == "whole":
        tensor = np.round(tensor)
    return tensor * 10.0 ** draw(st.integers(-3, 3))


@st.composite
def tensors(draw: st.DrawFn, ranks: tuple[int, ...] = (0, 1, 2, 3, 4)) -> Array:
    return draw(tensors_of(draw(shapes(ranks))))


@st.composite
def pairs(draw: st.DrawFn, ranks: tuple[int, ...] = (0, 1, 2, 3)) -> tuple[Array, Array]:
    """Two tensors of one shape."""
    shape = draw(shapes(ranks))
    return draw(tensors_of(shape)), draw(tensors_of(shape))


def unit(size: int, generator: np.random.Generator) -> Array:
    vector = generator.standard_normal(size)
    return vector / np.linalg.norm(vector)


def orthogonal(size: int, generator: np.random.Generator) -> Array:
    return np.linalg.qr(generator.standard_normal((size, size)))[0]


seeds = st.integers(0, 2**32)
