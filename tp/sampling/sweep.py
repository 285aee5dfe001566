"""Samples over widths: round after round of seeds, and larger widths, until decided or the budget is spent."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np

from tp.experiments.experiment import Experiment, Floats
from tp.sampling.answers import answers
from tp.sampling.calls import Answer, Call, absolute
from tp.sampling.means import Means
from tp.sampling.memory_limit import within_memory
from tp.sampling.plan import Plan
from tp.sampling.rounds import first_round, fixed_rounds, in_call, later_round, spent
from tp.statistics.more import More

Samples = dict[str, dict[int, Floats]]
"""Absolute values [draws] by quantity and width."""
Wanted = Callable[[Samples], More]
"""A function from the samples so far to what more of them would help."""
Report = Callable[[float, float, str], None]
"""report(done, total, what): the work done and all work, in estimated seconds, and the current call in words."""


@dataclass(slots=True)
class Sweep:
    """The ``samples`` of a sweep, and by width the name of the engine that drew ("dense" or "conditioned").

    They are the answers to ``cells`` calls, ``stored`` of which an earlier run made. ``seconds`` is the time that the
    draws took when they were made, summed over workers. ``interrupted``: the user ended the sweep (Ctrl-C).
    """

    samples: Samples = field(default_factory=dict[str, dict[int, Floats]])
    engines: dict[int, str] = field(default_factory=dict[int, str])
    cells: int = 0
    stored: int = 0
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths at which something was drawn, in increasing order."""
        return tuple(sorted(self.engines))


def sweep(
    experiment: Experiment,
    plan: Plan,
    means: Means | None = None,
    wanted: Wanted = lambda _: More.NOTHING,
    report: Report | None = None,
) -> Sweep:
    """Draw samples of ``experiment`` as ``plan`` says; after each round, ask what more is ``wanted``.

    Where the plan has a number of seeds, it is that of every width, and nothing is asked. Otherwise (adaptive seeds)
    numbers of seeds follow from costs.
    Where larger widths would help, the next one of the plan is taken if memory and the budget are enough for it, and
    more seeds otherwise. The time budget ends adaptive seeds after any call, once the first round is complete. It is
    compared with the seconds that draws took when they were made: a run that is repeated or resumed ends where it
    ended, and more workers make it shorter without changing it. An interrupt (Ctrl-C) ends the sweep, and keeps every
    finished call.

    Raises TpError TP501 where memory is not enough, TP716 for workers that do not answer or have other versions, and
    what the experiment raises.
    """
    plan = within_memory(experiment, plan)
    drawing = _Drawing(experiment, plan, means or Means(), report)
    try:
        if plan.seeds is not None:
            drawing.fixed(plan.seeds)
        else:
            drawing.adaptive(wanted)
    except KeyboardInterrupt:
        drawing.result.interrupted = True
    if report is not None:
        report(1.0, 1.0, "done")
    return drawing.result


TOGETHER = 16
"""The rounds that are drawn at once where the number of seeds is fixed, so that many workers are busy."""


class _Drawing:
    """A sweep in progress."""

    def __init__(self, experiment: Experiment, plan: Plan, means: Means, report: Report | None) -> None:
        self.experiment, self.plan = experiment, plan
        self.run = answers(experiment, plan, means)
        self.costs = {n: experiment.cost(plan.at(n)) for n in plan.widths}
        self.result = Sweep()
        self._drawn = dict.fromkeys(plan.widths, 0)
        self._report = report
        self._done = 0.0
        self._total = 0.0

    def fixed(self, seeds: int) -> None:
        """``seeds`` at every width, several rounds at once."""
        self._total = seeds * sum(self.costs.values())
        calls: list[Call] = []
        for number, round_ in enumerate(fixed_rounds(self.costs, seeds), start=1):
            calls += self._calls(round_)
            if number % TOGETHER == 0:
                self._draw(calls)
                calls = []
        self._draw(calls)

    def adaptive(self, wanted: Wanted) -> None:
        """Round after round until nothing more is ``wanted``, or the plan and its budget allow no more."""
        seeds = first_round(self.costs, self.plan.most_seeds)
        larger = list(self.plan.larger)
        self._total = max(spent(seeds, self.costs), self.plan.time_limit)
        self._draw(self._calls(seeds))
        while self.result.seconds <= self.plan.time_limit and (more := wanted(self.result.samples)):
            seeds = {}
            if larger and More.WIDTHS in more:
                seeds = self._at(larger.pop(0))
            if not seeds and More.SEEDS in more:
                seeds = later_round(self.costs, self._drawn, self.plan.most_seeds)
            if not seeds:
                return
            self._draw(self._calls(seeds), self.plan.time_limit)

    def _at(self, n: int) -> dict[int, int]:
        """Seeds of a first round at a further width, if what is left of the budget is enough for them."""
        costs = {**self.costs, n: self.experiment.cost(self.plan.at(n))}
        seeds = {n: first_round(costs, self.plan.most_seeds)[n]}
        if spent(seeds, costs) > self.plan.time_limit - self.result.seconds:
            return {}
        self.costs = costs
        return seeds

    def _calls(self, seeds: Mapping[int, int]) -> list[Call]:
        calls: list[Call] = []
        for n, count in seeds.items():
            first, step = _base(self.plan.key, n) + self._drawn.get(n, 0), in_call(self.costs[n])
            calls += [Call(n, first + start, min(step, count - start)) for start in range(0, count, step)]
            self._drawn[n] = self._drawn.get(n, 0) + count
        return calls

    def _draw(self, calls: list[Call], budget: float = math.inf) -> None:
        """Make ``calls`` until the seconds spent exceed ``budget``."""
        with closing(self.run(calls)) as answered:
            for call in calls:
                if self.result.seconds > budget:
                    return
                if self._report is not None:
                    seed = call.first - _base(self.plan.key, call.n) + 1
                    self._report(min(self._done, self._total), self._total, f"n = {call.n}, from seed {seed}")
                self._add(call.n, next(answered))
                self._done += call.count * self.costs[call.n]

    def _add(self, n: int, answer: Answer) -> None:
        result = self.result
        for name, fresh in absolute(answer.values).items():
            by_width = result.samples.setdefault(name, {})
            by_width[n] = np.concatenate([by_width[n], fresh]) if n in by_width else fresh
        if n not in result.engines:
            result.engines = dict(sorted({**result.engines, n: self.experiment.engine(self.plan.at(n)).name}.items()))
        result.cells += 1
        result.stored += answer.stored
        result.seconds += answer.seconds


def _base(key: int, n: int) -> int:
    """The number of the first draw at width ``n``: draws do not depend on the other widths, nor on their grouping."""
    return int(np.random.SeedSequence((key, n)).generate_state(1)[0] >> 1)
