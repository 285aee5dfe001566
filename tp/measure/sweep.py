"""Samples over widths: round after round of seeds, until decided or the budget is spent."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tp.measure.plan import Plan
from tp.measure.rounds import Rounds, adaptive, fixed, in_call

Samples = dict[str, dict[int, npt.NDArray[np.float64]]]
"""Absolute values by quantity and width, one per seed."""
Draw = Callable[[int, int, int], Mapping[str, npt.NDArray[Any]]]
"""draw(n, seeds, key): values of every quantity at width n, for the draws numbered key, key + 1, ..."""
Report = Callable[[float, float, str], None]
"""report(done, total, what): the share of work done, in arbitrary units."""
Cost = Callable[[int], float]
"""cost(n): what one draw at width n costs, about seconds on a slow core; positive, the same at every call."""


@dataclass(slots=True)
class Sweep:
    """What was drawn, and whether the user broke off."""

    samples: Samples = field(default_factory=dict)
    interrupted: bool = False


def sweep(
    plan: Plan,
    draw: Draw,
    undecided: Callable[[Samples], bool],
    cost: Cost,
    report: Report | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Sweep:
    """Draw samples as ``plan`` says; with adaptive seeds, ask ``undecided`` after every round whether to go on.

    Fixed seeds are the same number at every width; adaptive ones follow the ``cost``. The time budget of the plan
    ends adaptive seeds after any call, once the first round is complete. An interrupt (Ctrl-C) ends everything, and
    keeps every finished call.
    """
    result = Sweep()
    costs = {n: cost(n) for n in plan.widths}
    adding = plan.seeds is None
    rounds = adaptive(costs, plan.most_seeds) if plan.seeds is None else fixed(costs, plan.seeds)
    end = clock() + plan.budget if adding else math.inf
    total = min(rounds.cost(costs), max(rounds.first_cost(costs), plan.budget) if adding else math.inf)
    done = 0.0
    drawn = dict.fromkeys(costs, 0)
    try:
        calls = _calls(rounds, costs, lambda: not adding or undecided(result.samples), lambda: clock() <= end)
        for n, seeds in calls:
            if report is not None:
                report(min(done, total), total, f"n = {n}, from seed {drawn[n] + 1}")
            _add(result.samples, n, draw(n, seeds, _base(plan.key, n) + drawn[n]))
            drawn[n] += seeds
            done += seeds * costs[n]
    except KeyboardInterrupt:
        result.interrupted = True
    if report is not None:
        report(total, total, "done")
    return result


def _calls(
    rounds: Rounds, costs: Mapping[int, float], unfinished: Callable[[], bool], in_time: Callable[[], bool]
) -> Iterator[tuple[int, int]]:
    """Width and number of seeds of each call. Whether to go on is asked once the first round is complete."""
    for number, seeds in enumerate(rounds):
        if number and not unfinished():
            return
        for n, count in seeds.items():
            step = in_call(costs[n])
            for start in range(0, count, step):
                if number and not in_time():
                    return
                yield n, min(step, count - start)


def _base(key: int, n: int) -> int:
    """The number of the first draw at width ``n``: draws do not depend on the other widths, nor on their grouping."""
    return int(np.random.SeedSequence((key, n)).generate_state(1)[0] >> 1)


def _add(samples: Samples, n: int, values: Mapping[str, npt.NDArray[Any]]) -> None:
    for name, found in values.items():
        by_width = samples.setdefault(name, {})
        fresh = np.abs(np.asarray(found, dtype=np.float64)).ravel()
        by_width[n] = np.concatenate([by_width[n], fresh]) if n in by_width else fresh
