"""The samples of each step of training."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from tp.ndarray import NDArray


def batches(steps: int, batch: int, samples: int) -> Int[NDArray[np.int64], "steps batch"]:
    """Indices of samples, from 0, in a fixed random order, none twice in a batch. Index 0 is in the first batch."""
    draw = np.random.default_rng(0)
    if batch == 1:
        order = draw.integers(samples, size=(steps, 1))
    else:
        order = np.stack([draw.permutation(samples)[:batch] for _ in range(steps)])
    if 0 not in order[0]:
        order[0, 0] = 0
    return order
