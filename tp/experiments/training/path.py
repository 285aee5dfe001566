"""The samples of a run, their order, and the steps after which probes are evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from tp.graph.graph import Graph
from tp.ndarray import NDArray
from tp.transform.noise import CHOICE, drawn_apart, noisy


@dataclass(frozen=True, eq=False)
class Path:
    """Samples and their order.

    ``inputs[name]`` is [samples, ...] and ``targets`` [samples, ...axes of the output]. ``batches`` [steps, batch] has
    the indices of the samples of each step, none below ``unseen``. The first ``probes`` samples are the probes. They
    are evaluated after the numbers of steps in ``looks``, which increase from 0; ``curved`` are those with second
    derivatives. The first ``apart`` samples are evaluated without noise and never trained on, see :func:`with_noise`.
    """

    inputs: Mapping[str, Float[NDArray[np.float64], "samples ..."]]
    targets: Float[NDArray[np.float64], "samples ..."]
    batches: Int[NDArray[np.int64], "steps batch"]
    probes: int
    looks: tuple[int, ...]
    curved: tuple[int, ...] = ()
    unseen: int = 0
    apart: int = 0

    @property
    def first(self) -> int:
        """The index of the first sample that may be trained on."""
        return self.apart or self.unseen

    @property
    def evaluated(self) -> int:
        """How many samples there are, each counted once."""
        return self.apart or self.samples

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


def with_noise(program: Graph, path: Path) -> tuple[Graph, Path]:
    """``program`` and ``path`` where each sample of each step has noise of its own; both as they are without noise.

    A sample with noise is a sample of its own, for the program and its linear model. They stand behind the samples
    without noise, which are evaluated only: there noise is its mean.
    """
    if not noisy(program):
        return program, path
    order = path.batches.reshape(-1)
    count, plain = len(order), path.samples
    inputs = {name: np.concatenate([array, array[order]]) for name, array in path.inputs.items()}
    inputs[CHOICE] = np.concatenate([np.zeros((plain, count)), np.eye(count)])
    targets = np.concatenate([path.targets, path.targets[order]])
    batches = plain + np.arange(count).reshape(path.batches.shape)
    changed = replace(path, inputs=inputs, targets=targets, batches=batches, apart=plain)
    return drawn_apart(program, count), changed
