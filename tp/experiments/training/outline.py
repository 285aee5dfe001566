"""The graphs of a run, and how often each is evaluated. They do not depend on the width."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import prod

from tp.experiments.training.path import Path
from tp.experiments.training.programs import Gradient, probe, step
from tp.experiments.training.second_derivatives import USUAL_STEPS, Second
from tp.graph.axes import wide
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.interpret.cost.kinds import sizes
from tp.interpret.cost.work import Questions, questions
from tp.optimizers import Optimizer
from tp.optimizers.in_factors import InFactors
from tp.quantities.programs import metric
from tp.transform.factored import factored
from tp.transform.moved import Moves

MORE = 4
"""How much more often an optimiser that is not linear reads and writes arrays, with those of the linear model."""
Part = tuple[Nodes, list[int]]
"""A graph with its roots."""


class Outline:
    """A program with a path, an optimiser and a cost. ``features`` are named values whose moves are measured."""

    def __init__(
        self, program: Graph, path: Path, optimizer: Optimizer, cost: str, features: Sequence[str] = ()
    ) -> None:
        self.program = factored(program)
        self.path, self.optimizer, self.cost = path, optimizer, cost
        self.features = {name: self.program.names[name] for name in features}
        self._seconds: dict[frozenset[str], Second] = {}

    def built(self, moves: Moves) -> tuple[Gradient, Gradient]:
        """The graphs of a step and of a look for weights with ``moves``."""
        return (
            step(self.program, self.cost, self.path.batch, moves),
            probe(self.program, self.path.probes, moves, self.features),
        )

    @cached_property
    def plain(self) -> tuple[Gradient, Gradient]:
        """The graphs of a step and of a look where all weights are arrays."""
        return self.built(Moves())

    @cached_property
    def whole(self) -> Gradient:
        """Outputs and gradients of all samples, with inner products of gradients and weights for those that shrink."""
        radial = {first: names for first, names in self.groups.items() if self.optimizer.shrinkage(first)}
        return probe(self.program, self.path.samples, Moves(), {}, radial)

    def second(self, without: frozenset[str]) -> Second | None:
        """Second derivatives; weights in ``without`` move by outer products, others by arrays. None if unwanted."""
        if not self.path.curved:
            return None
        if without not in self._seconds:
            arrays = frozenset(self.moving) - without
            self._seconds[without] = Second(self.program, replace(self.moves(without), arrays=arrays))
        return self._seconds[without]

    @property
    def moving(self) -> list[str]:
        """The weights that have a gradient."""
        gradient = self.plain[0].gradient
        return [*gradient.leaves, *gradient.factors]

    @cached_property
    def kinds(self) -> dict[str, InFactors]:
        """How weights move in factors, for those that may; all others are arrays.

        Second derivatives are with respect to initial weights. Where weights shrink, these are scaled.
        """
        if self.path.curved and self.optimizer.shrinks:
            return {}
        found = {name: self.optimizer.in_factors(name, rank) for name, rank in self.plain[0].rank().items()}
        return {name: kind for name, kind in found.items() if kind is not None}

    @property
    def only_arrays(self) -> bool:
        """Whether weights that might stay in factors all have to be arrays for the optimiser."""
        return bool(self.plain[0].rank()) and not self.kinds

    def able(self, asked: Mapping[str, Questions]) -> dict[str, Questions]:
        """``asked`` without the weights that move and have to be arrays for the optimiser."""
        arrays = {name for name in self.moving if name not in self.kinds}
        return {name: q for name, q in asked.items() if name not in arrays}

    def moves(self, without: frozenset[str]) -> Moves:
        """The moves of a whole run of the weights in ``without``, which stay in factors.

        Bases of a side that has no more entries than rows are its axes.
        """
        ranks = {name: self.path.steps * rank for name, rank in self.ranks(without).items()}
        shrinks = frozenset(name for name in ranks if self.optimizer.shrinkage(name))
        columns: dict[str, int] = {}
        for name, most in ranks.items():
            if self.kinds[name] is InFactors.COORDINATES:
                parameter = self.program.parameters[name]
                sides = (parameter.outs, parameter.ins)
                ranks[name], columns[name] = (
                    most if wide(side) else min(most, prod(a.at(1) for a in side)) for side in sides
                )
        return Moves(ranks, shrinks=shrinks, columns=columns)

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """The weights that have a gradient, those that move alike together, by the name of the first of them.

        For an optimiser that is not linear each weight is a group of its own.
        """
        if not self.optimizer.linear:
            return {name: [name] for name in self.moving}
        groups: dict[Hashable, list[str]] = {}
        for name in self.moving:
            groups.setdefault(self.optimizer.alike(name), []).append(name)
        return {names[0]: names for names in groups.values()}

    def ranks(self, without: frozenset[str]) -> dict[str, int]:
        """By weight in ``without``: how many outer products one step adds."""
        return {name: rank for name, rank in self.plain[0].rank().items() if name in without}

    def beside(self, n: int, without: frozenset[str]) -> frozenset[str]:
        """The weights whose moves NumPy keeps as outer products: those in ``without``, and some that are arrays.

        All updates of an array are written to memory. Its outer products are fewer numbers where it is large, also
        than what the optimiser keeps of an array.
        """
        ranks = {name: rank for name, rank in self.plain[0].rank().items() if name in self.kinds}
        shapes = {name: sizes(self.program.parameters[name], n) for name in ranks}
        steps = self.path.steps
        optimizer = self.optimizer.within(steps)
        times = 1 if optimizer.linear else MORE
        arrays = {name: times * max(k * m, optimizer.kept(k, m)) for name, (k, m) in shapes.items()}
        large = {name for name, (k, m) in shapes.items() if steps * ranks[name] * (k + m) <= arrays[name]}
        return without | frozenset(large)

    def rates(self, n: int) -> dict[str, float]:
        """Λ at width ``n``, by weight."""
        scale = metric(self.program)
        return {name: float(scale(name).at(n)) for name in self.program.parameters}

    def room(self, n: int, without: frozenset[str]) -> dict[str, tuple[int, int]]:
        """By weight in ``without``: how many products with it, and with its transpose, a run needs at most."""
        room: dict[str, tuple[int, int]] = dict.fromkeys(without, (0, 0))
        second = self.second(without)
        curved = [] if second is None else [(part, second.room(bool(without))) for part in second.programs()]
        parts = [(part, times) for part, times in self.parts()[:3]]
        parts += [(part, times * len(self.path.curved)) for part, times in curved]
        for part, times in parts:
            for name, q in questions([part], n).items():
                if name in room:
                    before = room[name]
                    room[name] = (before[0] + times * q.vectors(False), before[1] + times * q.vectors(True))
        return room

    def parts(self) -> list[tuple[Part, int]]:
        """Every graph of a run with its roots, and how often it is evaluated: exact for the first three only."""
        (mine, seen), whole = self.plain, self.whole
        second = self.second(frozenset())
        curved = [] if second is None else second.programs()
        return [
            ((mine.graph, mine.roots), self.path.steps),
            ((seen.graph, seen.roots), len(self.path.looks)),
            ((whole.graph, whole.roots), self.path.components),
            *((part, USUAL_STEPS * len(self.path.curved)) for part in curved),
        ]

    def programs(self) -> list[Part]:
        """Every graph that a run evaluates."""
        return [part for part, _ in self.parts()]

    def code(self) -> list[Part]:
        """Every graph that code is made for, however often a run evaluates it: a look before training is apart."""
        step, look, *rest = self.programs()
        return [step, look, look, *rest]

    def compiled(self, n: int) -> dict[str, Questions]:
        """The products with every weight that code is made for."""
        found = questions(self.code(), n)
        return {name: q for name, q in found.items() if name in self.program.parameters}

    def asked(self, n: int) -> dict[str, Questions]:
        """The products that a run needs with every weight."""
        found: dict[str, Questions] = {}
        for part, times in self.parts():
            for name, q in questions([part], n).items():
                if name in self.program.parameters:
                    found.setdefault(name, Questions()).groups.extend(q.groups * times)
        return found
