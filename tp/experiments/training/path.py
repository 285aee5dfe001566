"""The samples of a run, their order, and the steps after which probes are evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from tp.ndarray import NDArray


@dataclass(frozen=True, eq=False)
class Path:
    """Samples and their order.

    ``inputs[name]`` is [samples, ...] and ``targets`` [samples, ...axes of the output]. ``batches`` [steps, batch] has
    the indices of the samples of each step, none below ``unseen``. The first ``probes`` samples are the probes. They
    are evaluated after the numbers of steps in ``looks``, which increase from 0; ``curved`` are those with second
    derivatives.
    """

    inputs: Mapping[str, Float[NDArray[np.float64], "samples ..."]]
    targets: Float[NDArray[np.float64], "samples ..."]
    batches: Int[NDArray[np.int64], "steps batch"]
    probes: int
    looks: tuple[int, ...]
    curved: tuple[int, ...] = ()
    unseen: int = 0

    @property
    def steps(self) -> int:
        return len(self.batches)

    @property
    def batch(self) -> int:
        return self.batches.shape[1]

    @property
    def samples(self) -> int:
        return len(self.targets)

    @property
    def components(self) -> int:
        return int(np.prod(self.targets.shape[1:], dtype=int))
