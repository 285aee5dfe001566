"""Runs of a program at any width: which weights exist as arrays, what a run costs, and what it shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from tp.experiments.streams import SEEDS, several
from tp.experiments.training.outline import Outline
from tp.experiments.training.path import Path
from tp.experiments.training.run import TARGETS, Ready
from tp.graph.graph import Graph
from tp.interpret.arrays.backend import lanes, precision
from tp.interpret.cost.engine import absent, chosen_engine
from tp.interpret.cost.memory import WORD, live_entries
from tp.interpret.cost.work import elsewhere, held_entries, products, questions, sizes
from tp.optimizers import Optimizer

COMPILATION = 0.05
"""Seconds that a run must gain for weights to be conditioned: it compiles some 15 s longer, for some 300 runs."""
GRAMS = 4
"""Matrices of inner products of all rows of a weight that are there at once."""
CARRIED = 1.25
"""What compiled loops need for arrays that they carry along, as a multiple of them: some are there twice."""


class Trainer:
    """A program with a path, an optimiser and a cost, ready to be run at any width.

    A run has, after every look: ``output`` and ``linear`` [looks, probes, components], ``kernel`` [looks, probes,
    probes] of the outputs' first direction, ``gradient`` (|Λ^{1/2}(∇F(s) - ∇F(0))| at the first probe), ``moved NAME``
    (root mean square over entries and probes), and where the path is curved ``hessian`` and ``hessian drift`` (norms of
    Λ^{1/2} ∇²F(s) Λ^{1/2} and of its change, likewise); for every step ``loss`` and ``linear loss``, ``signal`` and
    ``curvature`` (the largest |C'| and |C''| of the linear model at samples to be seen, before the step); and
    ``steepest``, ``slowest`` and ``fastest``, the largest K_0(x, x) of a sample to be seen and the extreme eigenvalues.
    """

    def __init__(
        self, program: Graph, path: Path, optimizer: Optimizer, cost: str, features: Sequence[str] = ()
    ) -> None:
        self.outline = Outline(program, path, optimizer, cost, features)
        self._compiled: dict[tuple[int, str, str], Any] = {}

    @property
    def path(self) -> Path:
        return self.outline.path

    @property
    def features(self) -> list[str]:
        """The names of the values whose moves are looked at."""
        return list(self.outline.features)

    def run(self, n: int, seeds: int, key: int, dtype: str, engine: str) -> dict[str, npt.NDArray[np.float64]]:
        """Runs number ``key``, ``key`` + 1, ..., each with weights of its own: arrays with a leading axis of seeds."""
        with precision(dtype) as kind:
            if (n, dtype, engine) not in self._compiled:
                one = Ready(self.outline, n, kind, self.absent(n, engine)).one
                self._compiled[n, dtype, engine] = jax.jit(several(one, lanes(self.words(n, engine), SEEDS)))
            runs = self._compiled[n, dtype, engine]
            data = {name: jnp.asarray(a, kind) for name, a in {**self.path.inputs, TARGETS: self.path.targets}.items()}
            parts = [
                jax.device_get(runs(jnp.asarray(key + i, jnp.uint32), min(SEEDS, seeds - i), data))
                for i in range(0, seeds, SEEDS)
            ]
        return {name: np.concatenate([np.asarray(p[name], np.float64) for p in parts])[:seeds] for name in parts[0]}

    def absent(self, n: int, engine: str) -> frozenset[str]:
        """The weights that are not materialised at width ``n``; none where the optimiser needs all of them."""
        if not self.outline.optimizer.matrix_free(second=bool(self.path.curved)):
            return frozenset()
        return absent(self.outline.program.parameters, self.outline.asked(n), n, engine, COMPILATION)

    def engine(self, n: int, engine: str) -> str:
        """Which engine runs at width ``n``: "conditioned" where at least one wide weight is not materialised."""
        return chosen_engine(self.absent(n, engine), engine)

    def words(self, n: int, engine: str) -> int:
        """Numbers in memory at once, about."""
        without, programs = self.absent(n, engine), self.outline.programs()
        held = held_entries(self.outline.program.parameters, questions([programs[0]], n), without, n)
        ranks, room = self.outline.ranks(without), self.outline.room(n, without)
        if self.path.curved:  # initial weights and moves, beside the weights as they are
            held += 2 * sum(
                math.prod(sizes(p, n)) for name, p in self.outline.program.parameters.items() if name not in without
            )
        for name in without:
            vectors = self.path.steps * ranks.get(name, 0) + sum(room[name])
            held += int(CARRIED * vectors * sum(sizes(self.outline.program.parameters[name], n)))
        return held + self._of_gradients(n) + live_entries(programs, n)

    def _of_gradients(self, n: int) -> int:
        """Gradients of all samples and components at the start, and their inner products: some arrays at once."""
        many = self.path.samples * self.path.components
        gradient = self.outline.whole
        parameters = self.outline.program.parameters
        ranks = gradient.rank()
        rows = sum(ranks[name] * sum(sizes(parameters[name], n)) for name in gradient.gradient.factors)
        leaves = sum(math.prod(sizes(parameters[name], n)) for name in gradient.gradient.leaves)
        return many * (rows + leaves) + GRAMS * (many * max(ranks.values(), default=1)) ** 2

    def cost(self, n: int, engine: str) -> float:
        """The work of one run, roughly in seconds on one slow core."""
        weights = products(self.outline.program.parameters, self.outline.asked(n), self.absent(n, engine), n)
        return weights + sum(times * elsewhere(*part, n) for part, times in self.outline.parts())

    def memory(self, n: int, dtype: str, engine: str) -> int:
        """Bytes that a run needs at width ``n``."""
        return self.words(n, engine) * WORD[dtype]
