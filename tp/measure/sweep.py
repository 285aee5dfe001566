"""Samples over widths: round after round of seeds, until decided or the budget is spent."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tp.measure.calls import Answer, Call, Run, absolute
from tp.measure.plan import Plan
from tp.measure.rounds import Rounds, adaptive, fixed, in_call

Samples = dict[str, dict[int, npt.NDArray[np.float64]]]
"""Absolute values by quantity and width, one per seed."""
Report = Callable[[float, float, str], None]
"""report(done, total, what): the share of work done, in arbitrary units."""
Cost = Callable[[int], float]
"""cost(n): what one draw at width n costs, about seconds on a slow core; positive, the same at every call."""


@dataclass(slots=True)
class Sweep:
    """What was drawn in how many ``calls``, how many of them were ``stored`` before, and whether the user broke off.

    ``seconds`` is the time that the draws took when they were made, added up over workers.
    """

    samples: Samples = field(default_factory=dict)
    interrupted: bool = False
    calls: int = 0
    stored: int = 0
    seconds: float = 0.0


def sweep(
    plan: Plan,
    run: Run,
    undecided: Callable[[Samples], bool],
    cost: Cost,
    report: Report | None = None,
) -> Sweep:
    """Draw samples as ``plan`` says; with adaptive seeds, ask ``undecided`` after every round whether to go on.

    Fixed seeds are the same number at every width; adaptive ones follow the ``cost``. The time budget of the plan
    ends adaptive seeds after any call, once the first round is complete. It is compared with the seconds that draws
    took when they were made: so a run that is repeated or resumed ends where it ended, and more workers make it
    shorter and not other. An interrupt (Ctrl-C) ends everything, and keeps every finished call.
    """
    result = Sweep()
    costs = {n: cost(n) for n in plan.widths}
    adding = plan.seeds is None
    rounds = adaptive(costs, plan.most_seeds) if plan.seeds is None else fixed(costs, plan.seeds)
    total = min(rounds.cost(costs), max(rounds.first_cost(costs), plan.budget) if adding else math.inf)
    done = 0.0
    try:
        for number, calls in enumerate(_batches(rounds, costs, plan.key, 1 if adding else TOGETHER)):
            later = adding and number > 0
            if later and not undecided(result.samples):
                break
            with closing(run(calls)) as answers:
                for call in calls:
                    if later and result.seconds > plan.budget:
                        break
                    if report is not None:
                        seed = call.first - _base(plan.key, call.n) + 1
                        report(min(done, total), total, f"n = {call.n}, from seed {seed}")
                    _add(result, call.n, next(answers))
                    done += call.count * costs[call.n]
    except KeyboardInterrupt:
        result.interrupted = True
    if report is not None:
        report(total, total, "done")
    return result


TOGETHER = 16
"""Rounds that are asked for at once where the number of seeds is fixed: more work for many workers."""


def _batches(rounds: Rounds, costs: Mapping[int, float], key: int, together: int) -> Iterator[list[Call]]:
    """The calls of so many rounds ``together``."""
    drawn = {n: _base(key, n) for n in costs}
    calls: list[Call] = []
    for number, seeds in enumerate(rounds, start=1):
        for n, count in seeds.items():
            step = in_call(costs[n])
            calls += [Call(n, drawn[n] + start, min(step, count - start)) for start in range(0, count, step)]
            drawn[n] += count
        if number % together == 0:
            yield calls
            calls = []
    if calls:
        yield calls


def _base(key: int, n: int) -> int:
    """The number of the first draw at width ``n``: draws do not depend on the other widths, nor on their grouping."""
    return int(np.random.SeedSequence((key, n)).generate_state(1)[0] >> 1)


def _add(result: Sweep, n: int, answer: Answer) -> None:
    for name, fresh in absolute(answer.values).items():
        by_width = result.samples.setdefault(name, {})
        by_width[n] = np.concatenate([by_width[n], fresh]) if n in by_width else fresh
    result.calls += 1
    result.stored += answer.stored
    result.seconds += answer.seconds
