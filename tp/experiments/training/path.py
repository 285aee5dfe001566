"""What is trained on, in which order, and when it is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Path:
    """Samples and their order.

    ``inputs[name]`` is [samples, ...] and ``targets`` [samples, ...axes of the output]. ``batches`` [steps, batch] has
    the samples of each step, none of the first ``unseen``. The first ``probes`` samples are looked at after as many
    steps as ``looks`` says, in increasing order from 0. ``curved`` are the looks with second derivatives.
    """

    inputs: Mapping[str, npt.NDArray[np.float64]]
    targets: npt.NDArray[np.float64]
    batches: npt.NDArray[np.int64]
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
