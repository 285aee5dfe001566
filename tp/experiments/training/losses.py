"""The loss after training as an experiment, at a multiple of the learning rate: without the linear model, and fast.

A draw has the same random numbers at every rate. Its weights are the same, too; products with matrix-free weights that
training asks for are other ones, made from the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from tp.costs import find
from tp.experiments.at import At
from tp.experiments.blocks import drawn_in_blocks
from tp.experiments.experiment import Floats, Identity
from tp.experiments.hashing import WrittenGraph
from tp.experiments.streams import Data, One
from tp.experiments.training.evaluation import Evaluation
from tp.experiments.training.outline import Outline, Part
from tp.experiments.training.path import Path
from tp.experiments.training.programs import Gradient, outputs, step
from tp.experiments.training.run import TARGETS, namespace_of
from tp.experiments.training.trainer import Trainer
from tp.experiments.training.weights import Descent, Moving
from tp.graph.axes import DRAWS, Axis
from tp.graph.graph import Graph
from tp.interpret.arrays import initial_weights
from tp.interpret.cost.path import Choice
from tp.interpret.cost.path import Path as Computing
from tp.matrix_free.control import repeated
from tp.matrix_free.kind import MatrixFree
from tp.matrix_free.streams import of_draws
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
        return step(self.program, self.cost, self.path.batch, moves), outputs(self.program, self.path.samples, moves)

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
        self._prepared: dict[At, _Ready] = {}

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

    def runs(self, at: At, first: int, count: int) -> dict[str, Floats]:
        choice = self.choice(at.width, at.engine)
        if choice.path is Computing.NUMPY:
            kind = np.dtype(at.dtype)
            if at not in self._prepared:
                self._prepared[at] = _Ready(self.outline, at.width, kind, choice)
            given = {name: np.asarray(array, kind) for name, array in self._data.items()}
            block = partial(self._prepared[at].several, data=given)
            return drawn_in_blocks(block, first, count, choice.together, self.memory(at))
        return self._compiled.draw(at, first, count, *self._program_of(at, choice))

    @property
    def _data(self) -> Data:
        return {**super()._data, FACTOR: np.asarray(self.factor, np.float64)}

    def _program_of(self, at: At, choice: Choice) -> tuple[Data, Callable[[Any], One], Callable[[], int]]:
        return self._data, lambda kind: _Ready(self.outline, at.width, kind, choice).one, lambda: self.memory(at)

    def identity(self) -> Identity:
        """That of the runs, and the factor."""
        found = super().identity()
        return replace(found, inputs=f"{found.inputs}*{self.factor!r}", code=__name__)

    def _of_gradients(self, n: int) -> int:
        return 0

    def __reduce__(self) -> tuple[Any, ...]:
        return Losses, (self.name, self._program, self.path, self.optimizer, self._cost, self.factor)


class _Ready:
    """The parts of runs at width ``n`` that all draws share."""

    def __init__(self, outline: Brief, n: int, kind: Any, choice: Choice) -> None:
        without = choice.absent
        self.outline, self.n, self.kind, self.without = outline, n, kind, without
        self.draws = (Axis(DRAWS, choice.together),) if choice.together > 1 else ()
        self.xp = namespace_of(choice.path)
        beside = without if self.xp is not np else outline.beside(n, without)
        moves = outline.moves(beside)
        self.descent = Descent(
            outline.program, outline.optimizer.at(n).within(outline.path.steps), n, kind, outline.path.batch,
            outline.rates(n), moves, outline.ranks(beside), outline.kinds, self.xp, self.draws,
        )  # fmt: skip
        programs, random = outline.built(moves), self.descent.random()
        self.step, self.look = (Evaluation(of, n, kind, self.xp, self.draws, random) for of in programs)

    def one(self, number: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        """The losses of run ``number``; ``data`` are inputs, targets and the factor. By JAX."""
        import jax

        return self._run(jax.random.key(number), data)

    def several(self, numbers: Sequence[int], data: Mapping[str, Any]) -> dict[str, Any]:
        """The same for runs with these ``numbers``, along a first axis. By NumPy."""
        found = self._run(of_draws(numbers), data)
        return found if self.draws else {name: array[None] for name, array in found.items()}

    def _run(self, key: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        outline, path = self.outline, self.outline.path
        descent = replace(self.descent, optimizer=self.descent.optimizer.times(data[FACTOR]))
        targets = data[TARGETS]
        inputs = {name: array for name, array in data.items() if name not in (TARGETS, FACTOR)}
        flat, cost = targets.reshape((path.samples, path.components)), find(outline.cost)

        def loss(moving: Moving) -> tuple[Moving, Any]:
            known, output = self.look.outputs(moving.known, inputs, descent.inputs(moving))
            output = output.reshape((*output.shape[: len(self.draws) + 1], -1))
            return moving._replace(known=known), cost.values(output, flat).mean(-1)

        def advance(s: Any, moving: Moving) -> Moving:
            picked = self.xp.asarray(path.batches)[s]
            batch = {name: a[picked] for name, a in inputs.items()}
            known, values = self.step.step(moving.known, batch, targets[picked], descent.inputs(moving))
            found = descent.found(moving, values)
            return descent.after(moving._replace(known=dict(known)), found.gradient, s)

        moving, before = loss(descent.begin(self._weights(key), outline.moving))
        moving = repeated(self.xp, 0, path.steps, advance, moving)
        return {BEFORE: before, AFTER: loss(moving)[1]}

    def _weights(self, key: Any) -> dict[str, Any]:
        """Initial weights, with room for all products that a run needs."""
        drawn = initial_weights.draw(self.outline.program.parameters, self.n, key, self.kind, self.without)
        room = self.outline.room(self.n, self.without)
        return {name: w.with_room(*room[name]) if isinstance(w, MatrixFree) else w for name, w in drawn.items()}
