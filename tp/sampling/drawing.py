"""Answers to the calls of a sweep: from the store where it has them, else drawn in this process or by a team."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

from tp.diagnostics.diagnostic import Diagnostic, error
from tp.graph.graph import Graph
from tp.sampling.calls import Answer, Call, Draw, Run, Values, absolute, in_turn
from tp.sampling.remote import Job, answer, surroundings
from tp.sampling.workers import Team
from tp.store.behind import Behind
from tp.store.identity import inputs_hash, program_hash
from tp.store.key import Key, Series
from tp.store.store import Store


@dataclass(frozen=True, slots=True)
class Means:
    """What a measurement may use: a ``store``, and a ``team`` instead of this process. Warnings go to ``warn``."""

    store: Store | Behind | None = None
    team: Team | None = None
    warn: Callable[[Diagnostic], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Task:
    """What is drawn: numbers called ``quantities``, which depend on ``graph``, on arrays and on ``dtype``.

    By width, ``chosen`` is the engine that runs and ``without`` the weights that it does not materialise. ``job`` is
    what workers are given.
    """

    called: str
    graph: Graph
    quantities: tuple[str, ...]
    inputs: Mapping[str, npt.NDArray[Any]]
    dtype: str
    chosen: Callable[[int], str]
    without: Callable[[int], tuple[str, ...]]
    job: Callable[[], Job]


def runner(task: Task, draw: Draw, means: Means) -> Run:
    """How the calls of a sweep over ``task`` are answered; ``draw`` draws in this process.

    Raises TpError TP716 for workers whose numbers would be others.
    """
    if means.store is None and means.team is None:
        return in_turn(draw)
    platform = _platform(means.team)
    shelf = None if means.store is None else Shelf(means.store, task, platform)
    return _alone(draw, shelf) if means.team is None else _by_team(means.team, task, shelf, means.warn)


@dataclass(slots=True)
class Shelf:
    """The part of a store that one task is about."""

    store: Store | Behind
    task: Task
    platform: str
    _series: dict[int, Series] = field(default_factory=dict)

    def find(self, call: Call) -> Answer | None:
        found = self.store.find(self._at(call.n), call.n, call.first, call.count)
        return None if found is None else Answer(found.values, found.seconds, stored=True)

    def keep(self, call: Call, values: Values, seconds: float) -> None:
        key = Key(self._at(call.n), call.n, call.first, call.count)
        self.store.keep(key, absolute(values), seconds, self.task.called)

    def _at(self, n: int) -> Series:
        if n not in self._series:
            task, known = self.task, next(iter(self._series.values()), None)
            self._series[n] = Series(
                program=known.program if known else program_hash(task.graph),
                inputs=known.inputs if known else inputs_hash(task.inputs),
                quantities=task.quantities,
                engine=task.chosen(n),
                without=task.without(n),
                dtype=task.dtype,
                platform=self.platform,
                versions=known.versions if known else surroundings()[1],
            )
        return self._series[n]


def _alone(draw: Draw, shelf: Shelf | None) -> Run:
    """Calls answered one after another, each when its answer is asked for."""
    alone = in_turn(draw)

    def run(calls: Sequence[Call]) -> Generator[Answer]:
        for call in calls:
            found = None if shelf is None else shelf.find(call)
            if found is None:
                (found,) = alone([call])
                if shelf is not None:
                    shelf.keep(call, found.values, found.seconds)
            yield found

    return run


def _by_team(team: Team, task: Task, shelf: Shelf | None, warn: Callable[[Diagnostic], None]) -> Run:
    """Calls answered by ``team``: in their order, whoever is first, and kept as soon as they are there."""
    job = task.job()

    def run(calls: Sequence[Call]) -> Generator[Answer]:
        ready = {} if shelf is None else {i: a for i, call in enumerate(calls) if (a := shelf.find(call)) is not None}
        missing = [i for i in range(len(calls)) if i not in ready]
        arriving = team.results([(answer, job, calls[i].n, calls[i].first, calls[i].count) for i in missing], warn)
        try:
            for i in range(len(calls)):
                while i not in ready:
                    number, (values, seconds) = next(arriving)
                    ready[missing[number]] = Answer(values, seconds)
                    if shelf is not None:
                        shelf.keep(calls[missing[number]], values, seconds)
                yield ready.pop(i)
        finally:
            arriving.close()

    return run


def _platform(team: Team | None) -> str:
    """What JAX computes on, here or where the workers are. Raises TpError TP716 where their versions are not ours."""
    platform, ours = surroundings()
    if team is None or not team.elsewhere:
        return platform
    platform, theirs = team.ask(surroundings)
    if theirs != ours:
        which = ", ".join(
            f"{name} {theirs.get(name)} instead of {v}" for name, v in ours.items() if theirs.get(name) != v
        )
        raise error("TP716", f"the workers have {which}", hint="install the same versions everywhere")
    return platform
