"""Which samples each step sees."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from jaxtyping import Int


def batches(steps: int, batch: int, samples: int) -> Int[npt.NDArray[np.int64], "steps batch"]:
    """Numbers of samples from 0 in a fixed random order, none twice in a batch.

    The first batch has sample 0, which is the probe that counts as seen.
    """
    draw = np.random.default_rng(0)
    if batch == 1:
        order = draw.integers(samples, size=(steps, 1))
    else:
        order = np.stack([draw.permutation(samples)[:batch] for _ in range(steps)])
    if 0 not in order[0]:
        order[0, 0] = 0
    return order
