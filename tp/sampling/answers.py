"""Answers to the calls of a sweep: from the store where it has them, else drawn by this process or by workers."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from tp.diagnostics.diagnostic import error
from tp.experiments.experiment import Experiment
from tp.sampling.ahead import Ahead
from tp.sampling.calls import Answer, Call, Run, answered, answered_by_worker
from tp.sampling.means import Means
from tp.sampling.plan import Plan
from tp.sampling.shelf import Shelf
from tp.store.versions import versions

if TYPE_CHECKING:
    from tp.sampling.workers import Team


def answers(experiment: Experiment, plan: Plan, means: Means) -> Run:
    """A function that answers calls for draws. Raises TpError TP716 for absent workers and for other versions."""
    if means.store is None and means.team is None:
        return _alone(experiment, plan, means, None)
    identity = experiment.identity()
    if not identity.shared:
        return _alone(experiment, plan, means, None)
    platform, code = _surroundings(means.team, identity.code)
    shelf = None if means.store is None else Shelf(means.store, experiment, identity, plan, platform, code)
    if means.team is None:
        return _alone(experiment, plan, means, shelf)
    return _by_team(experiment, plan, means, means.team, shelf)


def _alone(experiment: Experiment, plan: Plan, means: Means, shelf: Shelf | None) -> Run:
    """Calls answered one after another, each when its answer is asked for."""

    ahead = Ahead(experiment, plan)

    def run(calls: Sequence[Call]) -> Generator[Answer]:
        for number, call in enumerate(calls):
            found = None if shelf is None else shelf.find(call)
            if found is None:
                ahead.of(calls[number:])
                found = answered(experiment, plan.at(call.n), call)
                if shelf is not None:
                    shelf.keep(call, found)
            yield found

    return run


def _by_team(experiment: Experiment, plan: Plan, means: Means, team: Team, shelf: Shelf | None) -> Run:
    """Calls answered by ``team``: stored in the order in which they arrive, yielded in the order of the calls."""

    def run(calls: Sequence[Call]) -> Generator[Answer]:
        ready = {} if shelf is None else {i: a for i, call in enumerate(calls) if (a := shelf.find(call)) is not None}
        missing = [i for i in range(len(calls)) if i not in ready]
        tasks = [(answered_by_worker, experiment, plan.at(calls[i].n), calls[i]) for i in missing]
        arriving = team.results(tasks, means.warn)
        try:
            for i in range(len(calls)):
                while i not in ready:
                    number, found = next(arriving)
                    ready[missing[number]] = found
                    if shelf is not None:
                        shelf.keep(calls[missing[number]], found)
                yield ready.pop(i)
        finally:
            arriving.close()

    return run


def _surroundings(team: Team | None, code: str) -> tuple[Callable[[str], str], Mapping[str, str]]:
    """Where draws are made: the platform of a path, and the versions that decide numbers of the experiment ``code``.

    Raises TpError TP716 where workers have other versions.
    """
    from tp.interpret.arrays.backend import platform

    ours = versions(code)
    if team is None or not team.elsewhere:
        return platform, ours
    theirs = team.ask(partial(versions, code))
    if theirs != ours:
        wrong = (name for name, version in ours.items() if theirs.get(name) != version)
        which = ", ".join(f"{name} {theirs.get(name)} instead of {ours[name]}" for name in wrong)
        raise error("TP716", f"the workers have {which}", hint="install the same versions everywhere")

    @cache
    def there(path: str) -> str:
        return team.ask(partial(platform, path))

    return there, theirs
