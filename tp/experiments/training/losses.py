"""The loss after training as an experiment, at a multiple of the learning rate: without the linear model, and fast.

A draw has the same random numbers at every rate. Its weights are the same, too; products with matrix-free weights that
training asks for are other ones, made from the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from tp.costs import find
from tp.experiments.at import At
from tp.experiments.experiment import Floats, Identity
from tp.experiments.hashing import WrittenGraph
from tp.experiments.streams import Data
from tp.experiments.training.evaluation import Evaluation
from tp.experiments.training.outline import Outline, Part
from tp.experiments.training.path import Path
from tp.experiments.training.prepared import Prepared
from tp.experiments.training.programs import Gradient, outputs, step
from tp.experiments.training.run import TARGETS
from tp.experiments.training.trainer import Trainer
from tp.experiments.training.weights import Moving
from tp.graph.graph import Graph
from tp.interpret.cost.path import Choice
from tp.matrix_free.control import repeated
from tp.optimizers import Optimizer
from tp.transform.moved import Moves

FACTOR = "@factor"
"""The name of the multiple of the learning rate among the arrays of a run."""
BEFORE, AFTER = "loss before", "loss after"
"""The mean costs of all samples before the first step and after the last one."""


class Brief(Outline):
    """The graphs of a run of which only losses are wanted."""

    def built(self, moves: Moves) -> tuple[Gradient, Gradient]:
        """The graphs of a step, and of the outputs at all samples, for weights with ``moves``."""
        return step(self.program, self.cost, self.path.batch, moves), outputs(self.program, self.path.evaluated, moves)

    def parts(self) -> list[tuple[Part, int]]:
        mine, seen = self.plain
        return [((mine.graph, mine.roots), self.path.steps), ((seen.graph, seen.roots), 2)]


class Losses(Trainer):
    """Runs along a path with the learning rate times ``factor``: the losses :data:`BEFORE` and :data:`AFTER` of each.

    They are NaN or infinite where a run diverges. Compiled programs are shared by all experiments that :meth:`times`
    makes, since the factor is one of their inputs.
    """

    def __init__(
        self,
        name: str,
        program: Graph | WrittenGraph,
        path: Path,
        optimizer: Optimizer,
        cost: str,
        factor: float = 1.0,
    ) -> None:
        super().__init__(name, program, path, optimizer, cost)
        self.factor = factor

    def times(self, factor: float) -> Losses:
        """The same runs with the learning rate times ``factor``."""
        assert self.outline  # shared, too
        found = object.__new__(Losses)
        found.__dict__.update(self.__dict__)
        found.factor = factor
        return found

    @cached_property
    def outline(self) -> Brief:
        program = self._program.graph
        return Brief(replace(program, names={}), self.path, self.optimizer, self._cost)

    @property
    def quantities(self) -> tuple[str, ...]:
        return BEFORE, AFTER

    def draw(self, at: At, first: int, count: int) -> dict[str, Floats]:
        return self.runs(at, first, count)

    def prepared(self, n: int, kind: Any, choice: Choice) -> Prepared:
        return _Ready(self.outline, n, kind, choice)

    @property
    def _data(self) -> Data:
        return {**super()._data, FACTOR: np.asarray(self.factor, np.float64)}

    def identity(self) -> Identity:
        """That of the runs, and the factor."""
        found = super().identity()
        return replace(found, inputs=f"{found.inputs}*{self.factor!r}", code=__name__)

    def _of_gradients(self, n: int) -> int:
        return 0

    def __reduce__(self) -> tuple[Any, ...]:
        return Losses, (self.name, self._program, self.path, self.optimizer, self._cost, self.factor)


class _Ready(Prepared):
    """The parts of runs of which only losses are wanted."""

    def __init__(self, outline: Brief, n: int, kind: Any, choice: Choice) -> None:
        super().__init__(outline, n, kind, choice)
        programs, random = outline.built(self.moves), self.descent.random()
        self.step, self.look = (Evaluation(of, n, kind, self.xp, self.draws, random) for of in programs)

    def run(self, key: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        outline, path = self.outline, self.outline.path
        descent = replace(self.descent, optimizer=self.descent.optimizer.times(data[FACTOR]))
        targets = data[TARGETS]
        inputs = {name: array for name, array in data.items() if name not in (TARGETS, FACTOR)}
        seen = {name: array[: path.evaluated] for name, array in inputs.items()}
        flat, cost = targets[: path.evaluated].reshape((path.evaluated, -1)), find(outline.cost)

        def loss(moving: Moving) -> tuple[Moving, Any]:
            known, output = self.look.outputs(moving.known, seen, descent.inputs(moving))
            output = output.reshape((*output.shape[: len(self.draws) + 1], -1))
            return moving._replace(known=known), cost.values(output, flat).mean(-1)

        def advance(s: Any, moving: Moving) -> Moving:
            picked = self.xp.asarray(path.batches)[s]
            batch = {name: a[picked] for name, a in inputs.items()}
            known, values = self.step.step(moving.known, batch, targets[picked], descent.inputs(moving))
            found = descent.found(moving, values)
            return descent.after(moving._replace(known=dict(known)), found.gradient, s)

        moving, before = loss(descent.begin(self.draw(key), outline.moving))
        moving = repeated(self.xp, 0, path.steps, advance, moving)
        return {BEFORE: before, AFTER: loss(moving)[1]}
