"""The handwritten digits that come with the package (tp/data/digits.txt names their source and licence)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from tp.ndarray import NDArray

_FILE = Path(__file__).with_name("digits.npz")
_SEED = 20_240_229
"""The seed of the order of the images."""


def digit_images() -> Float[NDArray[np.float64], "images pixels"]:
    """The 1797 images, 64 pixels each, in a fixed random order; mean 0 and variance 1 over the whole set."""
    pixels = _arrays()["pixels"].astype(np.float64) / 16.0
    return ((pixels - pixels.mean()) / pixels.std())[_order(len(pixels))]


def digit_classes() -> Int[NDArray[np.int64], " images"]:
    """The digit from 0 to 9 that each of :func:`digit_images` shows."""
    classes = _arrays()["classes"].astype(np.int64)
    return classes[_order(len(classes))]


@cache
def _arrays() -> dict[str, NDArray[np.uint8]]:
    with np.load(_FILE, allow_pickle=False) as file:
        return dict(file)


def _order(count: int) -> NDArray[np.int64]:
    return np.random.default_rng(_SEED).permutation(count)
