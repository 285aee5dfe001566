"""Training runs as an experiment: their matrix-free weights, their cost and memory, and their records."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from tp.costs import find
from tp.diagnostics.diagnostic import error
from tp.experiments.at import At
from tp.experiments.blocks import drawn_in_blocks, slowdown
from tp.experiments.experiment import Engine, Floats, Identity
from tp.experiments.hashing import WrittenGraph, arrays_hash, written
from tp.experiments.iteration_limits import SLOWEST
from tp.experiments.streams import Compiled, Data, One
from tp.experiments.training.observables import names, numbers
from tp.experiments.training.outline import Outline
from tp.experiments.training.path import Path
from tp.experiments.training.prepared import Prepared
from tp.experiments.training.run import TARGETS, Ready
from tp.graph.graph import Graph
from tp.interpret.cost.compilation import compilation
from tp.interpret.cost.engine import absent, chosen_engine, materialised
from tp.interpret.cost.kinds import kind_of, size_of, sizes
from tp.interpret.cost.memory import WORD, live_entries
from tp.interpret.cost.path import GENERATIONS, Choice, cheaper, of_numpy, portable
from tp.interpret.cost.path import Path as Computing
from tp.interpret.cost.work import (
    NUMPY,
    XLA,
    Rates,
    drawing_bytes,
    elsewhere,
    held_entries,
    products,
    questions,
)
from tp.ndarray import NDArray
from tp.optimizers import Optimizer
from tp.transform.two_sided import two_sided

GRAMS = 4
"""The number of matrices of inner products of all rows of a weight that are in memory at once."""
MOVED = 10
"""How often NumPy reads or writes an entry of a weight that it moves as an array, in each step."""
PASSES = 6
"""How often a basis is read when rows are added to it."""
ROOTS = 30
"""The products of matrices of coordinates in a step, about those of five Newton-Schulz iterations for both models."""
CARRIED = 1.25
"""The memory of arrays that compiled loops carry, in multiples of their size: some are copied."""


class Trainer:
    """Runs of a program along a path, with an optimiser and a cost; each run draws weights of its own.

    ``features`` are named values of the program whose moves are measured.

    The arrays of :meth:`runs`, for every look: ``output`` and ``linear`` [looks, probes, components], ``kernel``
    [looks, probes, probes] of the outputs' first direction, ``gradient`` (|Λ^{1/2}(∇F(s) - ∇F(0))| at the first probe),
    ``moved NAME`` (root mean square over entries and probes), and where the path is curved ``hessian`` and ``hessian
    drift`` (norms of Λ^{1/2} ∇²F(s) Λ^{1/2} and of its change, likewise). For every step: ``loss`` and ``linear loss``,
    ``signal`` and ``curvature`` (the largest |C'| and |C''| of the linear model at the samples that are trained on,
    before the step). Once: ``steepest``, ``slowest`` and ``fastest``, the largest K_0(x, x) of such a sample and the
    extreme eigenvalues. :meth:`draw` has the numbers of :mod:`tp.experiments.training.observables` made of them.
    """

    def __init__(
        self,
        name: str,
        program: Graph | WrittenGraph,
        path: Path,
        optimizer: Optimizer,
        cost: str,
        features: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.path = path
        self._cost = cost
        self.features = list(features)
        self._program = program if isinstance(program, WrittenGraph) else written(_marked(program, features))
        self.optimizer = optimizer.of(two_sided(self._program.graph))
        self._compiled = Compiled()
        self._ready: dict[At, Prepared] = {}
        self._choices: dict[tuple[int, str], Choice] = {}

    @cached_property
    def outline(self) -> Outline:
        """The graphs of a run."""
        marked = self._program.graph
        output, *_ = marked.outputs
        called = {name: marked.outputs[name] for name in self.features}
        graph = replace(marked, outputs={output: marked.outputs[output]}, names=called)
        return Outline(graph, self.path, self.optimizer, self._cost, self.features)

    @property
    def quantities(self) -> tuple[str, ...]:
        """The names of all numbers that are kept of a run."""
        return names(self)

    def draw(self, at: At, first: int, count: int) -> dict[str, Floats]:
        """The quantities of runs number ``first``, ``first`` + 1, ...: [count] each."""
        return numbers(self, self.runs(at, first, count))

    def runs(self, at: At, first: int, count: int) -> dict[str, Floats]:
        """The arrays of runs number ``first``, ``first`` + 1, ..., with a leading axis [count]."""
        choice = self.choice(at.width, at.engine)
        if choice.path is Computing.NUMPY:
            kind = np.dtype(at.dtype)
            if at not in self._ready:
                self._ready[at] = self.prepared(at.width, kind, choice)
            given = {name: np.asarray(array, kind) for name, array in self._data.items()}
            block = partial(self._ready[at].several, data=given)
            return drawn_in_blocks(block, first, count, choice.together, self.memory(at))
        return self._compiled.draw(at, first, count, *self._program_of(at, choice))

    def prepared(self, n: int, kind: Any, choice: Choice) -> Prepared:
        """What all draws at width ``n`` share."""
        return Ready(self.outline, n, kind, choice)

    def prepare(self, at: At) -> None:
        choice = self.choice(at.width, at.engine)
        if choice.path is Computing.XLA:
            self._compiled.prepared(at, *self._program_of(at, choice))

    @property
    def _data(self) -> Data:
        return {**self.path.inputs, TARGETS: self.path.targets}

    def _program_of(self, at: At, choice: Choice) -> tuple[Data, Callable[[Any], One], Callable[[], int]]:
        """What :class:`Compiled` needs."""
        return self._data, lambda kind: self.prepared(at.width, kind, choice).one, lambda: self.memory(at)

    def engine(self, at: At) -> Engine:
        choice = self.choice(at.width, at.engine)
        forced = materialised(self.outline.program.parameters)
        asked = "dense" if self.outline.only_arrays else at.engine
        return Engine(chosen_engine(choice.absent, asked), tuple(sorted(choice.absent)), forced, choice.path)

    def cost(self, at: At) -> float:
        choice = self.choice(at.width, at.engine)
        alone = slowdown(self.memory(at)) if choice.path is Computing.NUMPY else 1.0
        return self._work(choice, at.width) * alone

    def compilation(self, at: At) -> float:
        choice = self.choice(at.width, at.engine)
        return 0.0 if choice.path is Computing.NUMPY else self._compiling(at.width, choice.absent)

    def memory(self, at: At) -> int:
        """Bytes that a run needs, or those that are made side by side."""
        n, word, choice = at.width, WORD[at.dtype], self.choice(at.width, at.engine)
        drawn = drawing_bytes(self.outline.program.parameters, choice.absent, n, word)
        words = self._words(n, choice.absent)
        if choice.path is Computing.NUMPY and choice.absent:
            words *= GENERATIONS
        return choice.together * word * words + drawn

    def identity(self) -> Identity:
        path = self.path
        arrays: Mapping[str, NDArray[Any]] = {
            **path.inputs,
            "@targets": path.targets,
            "@batches": path.batches,
            "@optimizer": np.frombuffer(self.optimizer.identity.encode(), np.uint8),
            "@cost": np.frombuffer(self._cost.encode(), np.uint8),
            "@probes": np.array([path.probes, path.unseen]),
            "@looks": np.array(path.looks),
            "@curved": np.array(path.curved),
        }
        shared = find(self._cost).shipped and self.optimizer.shipped and self._program.shared
        return Identity(self._program.digest, arrays_hash(arrays), self.quantities, __name__, shared=shared)

    def choice(self, n: int, engine: str) -> Choice:
        """What computes at width ``n``. No weight is matrix-free where the optimiser needs all as arrays.

        Raises TpError TP511 where the engine is "conditioned" and no weight can be matrix-free.
        """
        if (n, engine) not in self._choices:
            self._choices[n, engine] = self._choose(n, engine)
        return self._choices[n, engine]

    def _choose(self, n: int, engine: str) -> Choice:
        outline = self.outline
        if outline.only_arrays:
            if engine == "conditioned" and not (self.path.curved and self.optimizer.shrinks):
                message = f"{self.optimizer.name} with these settings moves weights as arrays"
                raise error("TP511", message, hint="use --engine dense")
            engine = "dense"
        parameters, programs = outline.program.parameters, outline.programs()
        asked, code = outline.able(outline.asked(n)), outline.able(outline.compiled(n))
        compiled = Choice(Computing.XLA, absent(parameters, asked, n, engine, code))
        if not (find(self._cost).for_both and self.optimizer.shipped and portable(programs)):
            return compiled
        choices = of_numpy(programs, parameters, asked, n, engine)
        return cheaper(compiled, choices, lambda choice: self._work(choice, n), self._compiling(n, compiled.absent))

    def _compiling(self, n: int, without: frozenset[str]) -> float:
        return compilation(self.outline.code(), self.outline.compiled(n), without)

    def _work(self, choice: Choice, n: int) -> float:
        """Seconds of one run."""
        rates, outline = NUMPY if choice.path is Computing.NUMPY else XLA, self.outline
        weights = products(outline.program.parameters, outline.asked(n), choice.absent, n, rates, choice.together)
        rest = sum(times * elsewhere(*part, n, rates, choice.together) for part, times in outline.parts())
        if choice.path is Computing.NUMPY:
            arrays = set(outline.moving) - outline.beside(n, choice.absent)
            entries = sum(math.prod(sizes(outline.program.parameters[w], n)) for w in arrays)
            rest += rates.touch * MOVED * self.path.steps * entries
        rest += self._growing(choice, n, rates)
        return (weights + rest) * (SLOWEST if self.path.curved and choice.together > 1 else 1)

    def _growing(self, choice: Choice, n: int, rates: Rates) -> float:
        """Seconds of one run for the bases of weights whose updates act on coordinates, and for these."""
        outline = self.outline
        moves = outline.moves(choice.absent)
        total = 0.0
        for name, columns in moves.columns.items():
            rank, rows = outline.ranks(choice.absent)[name], moves.rank[name]
            sides = zip(sizes(outline.program.parameters[name], n), (rows, columns), strict=True)
            entries = sum(size * known for size, known in sides if known < size)
            total += PASSES * entries * (rates.touch + rates.multiply * rank)
            total += ROOTS * rates.multiply * rows * columns * min(rows, columns)
        return self.path.steps * total

    def _words(self, n: int, without: frozenset[str]) -> int:
        """How many numbers a run has in memory at once, approximately."""
        programs = self.outline.programs()
        held = held_entries(self.outline.program.parameters, questions([programs[0]], n), without, n)
        ranks, room = self.outline.ranks(without), self.outline.room(n, without)
        arrays = sum(
            math.prod(sizes(p, n)) for name, p in self.outline.program.parameters.items() if name not in without
        )
        # Moved weights and their updates beside the initial ones, and with second derivatives moves of their own.
        held += (3 if self.path.curved else 2) * arrays
        state = self._state(n, without)
        held += state
        if not self.optimizer.linear:  # the weights of the linear model, their updates and its state
            held += 2 * arrays + state
        for name in without:
            parameter = self.outline.program.parameters[name]
            moves = self.path.steps * ranks.get(name, 0) * sum(sizes(parameter, n))
            known = sum(room[name]) * kind_of(parameter).remembered(*sizes(parameter, n), size_of(parameter, n))
            held += int(CARRIED * (moves + known))
        return held + self._of_gradients(n) + live_entries(programs, n)

    def _state(self, n: int, without: frozenset[str]) -> int:
        """How many numbers the state of the optimiser has for weights that are arrays, approximately."""
        optimizer, parameters = self.optimizer.within(self.path.steps), self.outline.program.parameters
        return sum(optimizer.kept(*sizes(parameters[w], n)) for w in self.outline.moving if w not in without)

    def _of_gradients(self, n: int) -> int:
        """How many numbers the initial gradients of all samples and components have, with their inner products."""
        many = self.path.samples * self.path.components
        gradient = self.outline.whole
        parameters = self.outline.program.parameters
        ranks = gradient.rank()
        rows = sum(ranks[name] * sum(sizes(parameters[name], n)) for name in gradient.gradient.factors)
        leaves = sum(math.prod(sizes(parameters[name], n)) for name in gradient.gradient.leaves)
        kernels = (len(self.outline.groups) - 1) * many**2
        return many * (rows + leaves) + GRAMS * (many * max(ranks.values(), default=1)) ** 2 + kernels

    def __reduce__(self) -> tuple[Any, ...]:
        return Trainer, (self.name, self._program, self.path, self.optimizer, self._cost, self.features)


def _marked(program: Graph, features: Sequence[str]) -> Graph:
    """``program`` with ``features`` as further outputs."""
    return replace(program, outputs={**program.outputs, **{name: program.names[name] for name in features}})
