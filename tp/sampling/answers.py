"""Answers to the calls of a sweep: from the store where it has them, else drawn by this process or by workers."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from functools import partial

from tp.diagnostics.diagnostic import error
from tp.experiments.experiment import Experiment
from tp.sampling.calls import Answer, Call, Run, answered, answered_by_worker
from tp.sampling.means import Means
from tp.sampling.plan import Plan
from tp.sampling.shelf import Shelf
from tp.sampling.workers import Team
from tp.store.versions import versions


def answers(experiment: Experiment, plan: Plan, means: Means) -> Run:
    """A function that answers calls for draws. Raises TpError TP716 for absent workers and for other versions."""
    if means.store is None and means.team is None:
        return _alone(experiment, plan, means, None)
    identity = experiment.identity()
    if not identity.shared:
        return _alone(experiment, plan, means, None)
    platform, code = _platform(means.team, identity.code)
    shelf = None if means.store is None else Shelf(means.store, experiment, identity, plan, platform, code)
    if means.team is None:
        return _alone(experiment, plan, means, shelf)
    return _by_team(experiment, plan, means, means.team, shelf)


def _alone(experiment: Experiment, plan: Plan, means: Means, shelf: Shelf | None) -> Run:
    """Calls answered one after another, each when its answer is asked for."""

    def run(calls: Sequence[Call]) -> Generator[Answer]:
        for call in calls:
            found = None if shelf is None else shelf.find(call)
            if found is None:
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


def surroundings(code: str) -> tuple[str, Mapping[str, str]]:
    """The platform, and the versions that decide numbers of the experiment in module ``code``, where this is called."""
    from tp.interpret.arrays.backend import platform

    return platform(), versions(code)


def _platform(team: Team | None, code: str) -> tuple[str, Mapping[str, str]]:
    """:func:`surroundings` where draws are made. Raises TpError TP716 where workers have other versions."""
    ours = surroundings(code)
    if team is None or not team.elsewhere:
        return ours
    platform, theirs = team.ask(partial(surroundings, code))
    if theirs != ours[1]:
        which = ", ".join(
            f"{name} {theirs.get(name)} instead of {v}" for name, v in ours[1].items() if theirs.get(name) != v
        )
        raise error("TP716", f"the workers have {which}", hint="install the same versions everywhere")
    return platform, theirs
