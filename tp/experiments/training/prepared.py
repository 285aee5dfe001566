"""What all draws of a run at one width share: its weights, how they move, and what computes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tp.experiments.training.outline import Outline
from tp.experiments.training.weights import Descent
from tp.graph.axes import DRAWS, Axis
from tp.interpret.arrays import initial_weights
from tp.interpret.cost.path import Choice, Path
from tp.matrix_free.kind import MatrixFree
from tp.matrix_free.streams import of_draws


class Prepared(ABC):
    """The parts of runs at width ``n`` that all draws share, for the ``choice`` of path and of matrix-free weights.

    ``beside`` are the weights whose moves are outer products.
    """

    def __init__(self, outline: Outline, n: int, kind: Any, choice: Choice) -> None:
        without = choice.absent
        self.outline, self.path, self.n, self.kind, self.without = outline, outline.path, n, kind, without
        self.draws = (Axis(DRAWS, choice.together),) if choice.together > 1 else ()
        self.xp = namespace_of(choice.path)
        self.rates = outline.rates(n)
        self.beside = without if self.xp is not np else outline.beside(n, without)
        self.moves = outline.moves(self.beside)
        self.optimizer = outline.optimizer.at(n).within(self.path.steps)
        self.descent = Descent(
            outline.program,
            self.optimizer,
            n,
            kind,
            self.path.batch,
            self.rates,
            self.moves,
            outline.ranks(self.beside),
            outline.kinds,
            self.xp,
            self.draws,
        )

    @abstractmethod
    def run(self, key: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        """The arrays of one run with a stream of random numbers ``key``, or of several with a tuple of streams.

        ``data`` are inputs and targets [samples, ...].
        """

    def one(self, number: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        """The arrays of run ``number``. By JAX."""
        import jax

        return self.run(jax.random.key(number), data)

    def several(self, numbers: Sequence[int], data: Mapping[str, Any]) -> dict[str, Any]:
        """The same for runs with these ``numbers``, along a first axis. By NumPy."""
        found = self.run(of_draws(numbers), data)
        return found if self.draws else {name: array[None] for name, array in found.items()}

    def draw(self, key: Any) -> dict[str, Any]:
        """Initial weights, with room for all products that a run needs."""
        drawn = initial_weights.draw(self.outline.program.parameters, self.n, key, self.kind, self.without)
        room = self.outline.room(self.n, self.without)
        return {name: w.with_room(*room[name]) if isinstance(w, MatrixFree) else w for name, w in drawn.items()}


def namespace_of(path: Path) -> Any:
    """What computes on the ``path``."""
    if path is Path.NUMPY:
        return np
    import jax.numpy

    return jax.numpy
