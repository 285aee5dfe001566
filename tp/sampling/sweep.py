"""Samples over widths: round after round of seeds, and larger widths, until decided or the budget is spent."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from tp.experiments.experiment import Experiment, Floats
from tp.sampling.answers import answers
from tp.sampling.calls import Answer, Call, doubles
from tp.sampling.means import Means
from tp.sampling.memory_limit import refused, within_memory
from tp.sampling.plan import Plan
from tp.sampling.reading import WIDTHS
from tp.sampling.rounds import FIRST, added_width, first_round, fixed_rounds, in_call, later_round, spent
from tp.statistics.more import More

Samples = dict[str, dict[int, Floats]]
"""Values [draws] by quantity and width."""
Wanted = Callable[[Samples], More]
"""A function from the samples so far to what more of them would help."""
Report = Callable[[float, float, str], None]
"""report(done, total, what): the work done and all work, in estimated seconds, and the current call in words."""
Seen = Callable[["Sweep"], None]
"""A function of the sweep so far, which it must not change."""


@dataclass(slots=True)
class Sweep:
    """The ``samples`` of a sweep, and by width the name of the engine that drew ("dense" or "conditioned").

    They are the answers to ``cells`` calls, ``stored`` of which an earlier run made. ``work`` is what compiling and
    drawing take on the reference machine, in seconds, whoever draws and whatever is stored. ``short``: the budget ended
    the sweep while more was wanted. ``interrupted``: the user ended it (Ctrl-C or SIGTERM).
    """

    samples: Samples = field(default_factory=dict[str, dict[int, Floats]])
    engines: dict[int, str] = field(default_factory=dict[int, str])
    cells: int = 0
    stored: int = 0
    work: float = 0.0
    short: bool = False
    interrupted: bool = False

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths at which something was drawn, in increasing order."""
        return tuple(sorted(self.engines))

    def also(self, other: Sweep) -> Sweep:
        """Both sweeps as one; where they share a quantity, the draws of this one count."""
        return Sweep(
            {**other.samples, **self.samples},
            dict(sorted({**other.engines, **self.engines}.items())),
            self.cells + other.cells,
            self.stored + other.stored,
            self.work + other.work,
            self.short or other.short,
            self.interrupted or other.interrupted,
        )


def sweep(
    experiment: Experiment,
    plan: Plan,
    means: Means | None = None,
    wanted: Wanted = lambda _: More.NOTHING,
    report: Report | None = None,
    seen: Seen | None = None,
) -> Sweep:
    """Draw samples of ``experiment`` as ``plan`` says; after each round, ask what more is ``wanted``.

    What was drawn so far is ``seen`` after each round, and within a round after every :data:`GLANCE` seconds of work.
    It is not seen where everything since the last time was stored: then there is nothing to wait for.

    Where the plan has a number of seeds, it is that of every width, and nothing is asked. Otherwise (adaptive seeds)
    numbers of seeds follow from costs.
    Where only larger widths would help, the next one of the plan is taken if memory and the budget are enough for it.
    Where seeds would do, or verdicts would only be extended, it is taken if it is cheap, and more seeds otherwise. The
    budget ends adaptive seeds after any call, once the first round is complete. It is compared with the estimated work
    of compiling and drawing, never with a clock: the same draws are made on a slow or busy machine, with any number of
    workers, and in a run that is repeated or resumed. An interrupt (Ctrl-C, SIGTERM) ends the sweep, and keeps every
    finished call.

    Raises TpError TP501 where memory is not enough, TP716 for workers that do not answer or have other versions, and
    what the experiment raises.
    """
    means, asked = means or Means(), plan
    plan = within_memory(experiment, asked)
    if means.store is not None and (bytes_ := refused(experiment, asked, plan)) is not None:
        means.store.ledger.refuse(bytes_)
    drawing = _Drawing(experiment, plan, means, report, seen)
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
PART = 0.3
"""A width is cheap where :data:`FIRST` draws take this share of the budget at most."""
GLANCE = 2.0
"""The estimated seconds of work after which a sweep is seen within a round."""


class _Drawing:
    """A sweep in progress."""

    def __init__(
        self, experiment: Experiment, plan: Plan, means: Means, report: Report | None, seen: Seen | None = None
    ) -> None:
        self.experiment, self.plan = experiment, plan
        self.run = answers(experiment, plan, means)
        self.costs = {n: experiment.cost(plan.at(n)) for n in plan.widths}
        self.result = Sweep()
        self._drawn = dict.fromkeys(plan.widths, 0)
        self._compiled: set[int] = set()
        self._report = report
        self._seen = seen
        self._unseen = 0.0
        self._total = 0.0

    def fixed(self, seeds: int) -> None:
        """``seeds`` at every width, several rounds at once."""
        self._total = seeds * sum(self.costs.values()) + self._before(self.costs)
        calls: list[Call] = []
        for number, round_ in enumerate(fixed_rounds(self.costs, seeds), start=1):
            calls += self._calls(round_)
            if number % TOGETHER == 0:
                self._draw(calls)
                calls = []
        self._draw(calls)

    def adaptive(self, wanted: Wanted) -> None:
        """Round after round until nothing more is ``wanted``, or the plan and its budget allow no more."""
        seeds, limit = self._first(), self.plan.time_limit
        larger = list(self.plan.larger)
        self._total = max(spent(seeds, self.costs) + self._before(seeds), limit)
        self._draw(self._calls(seeds))
        while more := wanted(self.result.samples):
            if self.result.work > limit:
                self.result.short = True
                return
            seeds = self._next(more, larger)
            if not seeds:
                return
            self._draw(self._calls(seeds), limit)

    def _next(self, more: More, larger: list[int]) -> dict[int, int]:
        """Seeds of the next round, at the widths so far or at the first of the ``larger`` ones; none if none help.

        A dear width comes last: where only it helps, or where there are no more seeds.
        """
        plan = self.plan
        further = bool(larger) and bool(more & (More.WIDTHS | More.REACH))
        if further and self._cheap(larger[0]) and (seeds := self._at(larger.pop(0))):
            return seeds
        if More.SEEDS in more and (seeds := later_round(self.costs, self._drawn, plan.most_seeds, self.result.work)):
            return seeds
        if larger and (More.WIDTHS in more or (further and More.SEEDS in more)):
            return self._at(larger.pop(0))
        return {}

    def _cheap(self, n: int) -> bool:
        """Whether a first round at width ``n`` takes a small part of the budget."""
        return FIRST * self.experiment.cost(self.plan.at(n)) + self._before([n]) <= PART * self.plan.time_limit

    def _first(self) -> dict[int, int]:
        """Seeds of the first round. Of the default widths every second one is left out where all would be too much."""
        seeds = first_round(self.costs, self.plan.most_seeds)
        if self.plan.widths == WIDTHS and spent(seeds, self.costs) + self._before(seeds) > self.plan.time_limit:
            self.costs = {n: self.costs[n] for n in WIDTHS[::2]}
            seeds = first_round(self.costs, self.plan.most_seeds)
        return seeds

    def _at(self, n: int) -> dict[int, int]:
        """Seeds of a first round at a further width, if what is left of the budget is enough for them."""
        costs = {**self.costs, n: self.experiment.cost(self.plan.at(n))}
        seeds = {n: added_width(costs, n, self.plan.most_seeds, self.result.work)}
        if spent(seeds, costs) + self._before(seeds) > self.plan.time_limit - self.result.work:
            self.result.short = True
            return {}
        self.costs = costs
        return seeds

    def _before(self, widths: Iterable[int]) -> float:
        """The work of compiling for ``widths``."""
        return sum(self.experiment.compilation(self.plan.at(n)) for n in widths)

    def _calls(self, seeds: Mapping[int, int]) -> list[Call]:
        calls: list[Call] = []
        for n, count in seeds.items():
            first, step = _base(self.plan.key, n) + self._drawn.get(n, 0), in_call(self.costs[n])
            calls += [Call(n, first + start, min(step, count - start)) for start in range(0, count, step)]
            self._drawn[n] = self._drawn.get(n, 0) + count
        return calls

    def _draw(self, calls: list[Call], budget: float = math.inf) -> None:
        """Make ``calls``, as many of them as begin before the work exceeds ``budget``."""
        worth = [self._worth(call) for call in calls]
        begins = [self.result.work, *(self.result.work + done for done in accumulate(worth))]
        calls = [call for call, begin in zip(calls, begins, strict=False) if begin <= budget]
        with closing(self.run(calls)) as answered:
            for call, work in zip(calls, worth, strict=False):
                self._say(call)
                answer = next(answered)
                self._add(call.n, answer)
                self.result.work += work
                self._show(0.0 if answer.stored else work, GLANCE)
        self._show(0.0, 0.0)

    def _show(self, work: float, least: float) -> None:
        """Let the sweep be seen where more than ``least`` of work was not; ``work`` was done just now."""
        self._unseen += work
        if self._seen is not None and self._unseen > least:
            self._unseen = 0.0
            self._seen(self.result)

    def _worth(self, call: Call) -> float:
        """The work of ``call``; the first one at a width is charged with compiling."""
        first = call.n not in self._compiled
        self._compiled.add(call.n)
        return call.count * self.costs[call.n] + (self._before([call.n]) if first else 0.0)

    def _say(self, call: Call) -> None:
        if self._report is not None:
            what = f"from seed {call.first - _base(self.plan.key, call.n) + 1}"
            if call.n not in self.result.engines and self._before([call.n]):
                what = "compiling"
            self._report(min(self.result.work, self._total), self._total, f"n = {call.n}, {what}")

    def _add(self, n: int, answer: Answer) -> None:
        result = self.result
        for name, fresh in doubles(answer.values).items():
            by_width = result.samples.setdefault(name, {})
            by_width[n] = np.concatenate([by_width[n], fresh]) if n in by_width else fresh
        if n not in result.engines:
            result.engines = dict(sorted({**result.engines, n: self.experiment.engine(self.plan.at(n)).name}.items()))
        result.cells += 1
        result.stored += answer.stored


def _base(key: int, n: int) -> int:
    """The number of the first draw at width ``n``: draws do not depend on the other widths, nor on their grouping."""
    return int(np.random.SeedSequence((key, n)).generate_state(1)[0] >> 1)
