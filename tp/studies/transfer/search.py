"""The search for the best learning rate of every run: a grid that is extended and then refined around the best rates.

It is extended until small rates hardly change the loss and large ones make it worse, so that no better place lies
beyond: where a run diverges, its loss is a rugged function of the rate, with many places that are lower than those
beside them.

Rates are numbered by whole numbers k: the learning rate is 2^(k/8) times that of the schedule. Seeds are drawn in
groups. A group has the same seeds, and the same random numbers, at every rate.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tp.experiments.experiment import Experiment, Floats
from tp.experiments.training.losses import AFTER, BEFORE
from tp.experiments.training.observables import EXPLODED
from tp.ndarray import NDArray
from tp.sampling.means import Means
from tp.sampling.plan import Plan
from tp.sampling.sweep import Report, Sweep, sweep
from tp.statistics.optimum import lowest, most_beyond

FINE = 8
"""Rates per factor of 2 in the finest grid."""
FIRST = tuple(FINE * power for power in range(-3, 4))
"""The first grid: factors of 2."""
HARDLY = (0.5, 1.05)
"""Small rates hardly change the loss where that after training is between these multiples of that before."""
FARTHEST = 32 * FINE
"""No rate is further away than this: 2^32 times larger or smaller."""
FURTHER = (1, 2, 4, 8)
"""How many factors of 2 a grid is extended by, one extension after another; then the last one again."""

Runs = Callable[[float], Experiment]
"""A function from a factor of the learning rate to the runs with it: losses before and after training."""
Curves = dict[int, Floats]
"""Losses [seeds] after training by number of the rate."""
Flags = NDArray[np.bool_]


def factor(k: int) -> float:
    """The multiple of the learning rate that number ``k`` stands for."""
    return 2.0 ** (k / FINE)


@dataclass(slots=True)
class Group:
    """Some seeds at one width: losses [seeds] ``before`` training, and after it by number of the rate.

    They are infinite where a run diverged.
    """

    before: Floats = field(default_factory=lambda: np.zeros(0))
    losses: Curves = field(default_factory=dict[int, Floats])
    far: Curves = field(default_factory=dict[int, Floats])
    """Losses at the farthest rates, where they were asked for to tell whether the grid is worth extending."""

    @property
    def rates(self) -> list[int]:
        return sorted(self.losses)

    @property
    def table(self) -> Floats:
        """The losses [rates, seeds], rates in increasing order."""
        return np.stack([self.losses[k] for k in self.rates])

    @property
    def best(self) -> list[int]:
        """By seed the number of the rate with the least loss, the smallest one where all are infinite."""
        return [self.rates[int(i)] for i in self.table.argmin(axis=0)]

    def places(self) -> Floats:
        """By seed the log to the base 2 of the best factor, see :func:`~tp.statistics.optimum.lowest`."""
        rates = np.array(self.rates) / FINE
        return np.array([lowest(rates, losses) for losses in self.table.T])

    @property
    def lost(self) -> Flags:
        """By seed whether it diverges at all rates."""
        return np.asarray(np.isinf(self.table).all(axis=0))

    @property
    def flat(self) -> Flags:
        """By seed whether the loss is the same number at all rates, as where no weight moves that it depends on."""
        same = np.isfinite(self.table).all(axis=0) & (self.table == self.table[0]).all(axis=0)
        return same & (len(self.losses) > 1)

    def doubtful(self) -> list[int]:
        """The farthest rates that tell whether seeds, too many of which are lost or flat, are so at all rates."""
        most = most_beyond(len(self.before))
        return [k for k, seeds in ((-FARTHEST, self.lost), (FARTHEST, self.flat)) if seeds.sum() > most]

    @property
    def hopeless(self) -> Flags:
        """By seed whether it has no best rate even if the grid were extended as far as it may be."""
        none = np.zeros(len(self.before), bool)
        lost = self.lost & np.isinf(self.far[-FARTHEST]) if -FARTHEST in self.far else none
        flat = self.flat & (self.far[FARTHEST] == self.table[0]) if FARTHEST in self.far else none
        return lost | flat

    def further(self, step: int) -> list[int]:
        """Rates beyond an end that is no end yet for too many seeds, ``step`` factors of 2 further; none if none is.

        There are none either where too many seeds are :attr:`hopeless`. The best rate is no end. The smallest one
        hardly changes the loss, and the largest one makes it worse.
        """
        rates, found = self.rates, list[int]()
        best = np.array(self.best)
        if self.hopeless.sum() > most_beyond(len(best)):
            return []
        low, high = self.losses[rates[0]], self.losses[rates[-1]]
        trains = (low < HARDLY[0] * self.before) | (low > HARDLY[1] * self.before)
        for end, sign, more in ((rates[0], -1, trains), (rates[-1], 1, high <= self.before)):
            if int((more | (best == end)).sum()) > most_beyond(len(best)):
                found += [end + sign * FINE * i for i in range(1, step + 1)]
        return [k for k in found if abs(k) <= FARTHEST]

    def between(self, gap: int) -> list[int]:
        """Rates in the middle of gaps of size ``gap`` beside the best rates of those seeds that count by their place.

        Of the others only the rank counts, see :func:`~tp.statistics.optimum.typical`.
        """
        ends, best = (self.rates[0], self.rates[-1]), sorted(self.best)
        cut = most_beyond(len(best))
        middles = {k + side * gap // 2 for k in best[cut : len(best) - cut] if k not in ends for side in (-1, 1)}
        return sorted(middles - self.losses.keys())


@dataclass(slots=True)
class Search:
    """A search with ``runs`` at the widths of ``plan``. ``groups`` has what was drawn: by width one for each group.

    ``drawn`` says what all draws together were. The work (``drawn.work``) is that of the reference machine, in seconds.
    """

    runs: Runs
    plan: Plan
    means: Means | None = None
    report: Report | None = None
    seen: Callable[[], None] = lambda: None
    groups: dict[int, list[Group]] = field(default_factory=dict[int, list[Group]])
    drawn: Sweep = field(default_factory=Sweep)
    compiled: set[int] = field(default_factory=set[int])
    complete: int = 0
    """How many groups are complete."""

    def group(self, seeds: int, start: Mapping[int, Sequence[int]]) -> bool:
        """Draw a group of ``seeds`` at the rates ``start`` of every width, and at those that turn out to be needed.

        False where the budget, or an interrupt, ended it before it was complete.
        """
        number = max(map(len, self.groups.values()), default=0)
        if number and not self._affordable(seeds, start):
            return False
        for n in start:
            self.groups.setdefault(n, []).append(Group())
        self._draw(number, seeds, start)
        if wanted := {n: found for n, group in self._now(start) if (found := group.doubtful())}:
            if not self._affordable(seeds, wanted):
                return False
            self._draw(number, seeds, wanted, far=True)
        extended = 0
        while not self.drawn.interrupted:
            step = FURTHER[min(extended, len(FURTHER) - 1)]
            wanted = {n: found for n, group in self._now(start) if (found := group.further(step))}
            if not wanted:
                break
            if not self._affordable(seeds, wanted):
                return False
            self._draw(number, seeds, wanted)
            extended += 1
        gap = FINE
        while gap > 1 and not self.drawn.interrupted:
            wanted = {n: found for n, group in self._now(start) if (found := group.between(gap))}
            if not self._affordable(seeds, wanted):
                return False
            self._draw(number, seeds, wanted)
            gap //= 2
        self.complete += not self.drawn.interrupted
        return not self.drawn.interrupted

    @property
    def hopeless(self) -> bool:
        """Whether most seeds at some width have no best rate, so that more seeds are of no use."""
        found = (np.concatenate([g.hopeless for g in groups]) for groups in self.usable().values())
        return any(seeds.mean() > 1 / 2 for seeds in found)

    def usable(self) -> dict[int, list[Group]]:
        """By width the groups that are complete, or else the first one as far as it is drawn."""
        kept = {n: groups[: max(self.complete, 1)] for n, groups in sorted(self.groups.items())}
        found = {n: [group for group in groups if group.losses] for n, groups in kept.items()}
        return {n: groups for n, groups in found.items() if groups}

    def start(self) -> dict[int, list[int]]:
        """The rates at which a further group begins: those of the groups so far that are factors of 2 apart."""
        return {
            n: sorted({k for group in groups for k in group.losses if k % FINE == 0})
            for n, groups in self.usable().items()
        }

    def _now(self, widths: Iterable[int]) -> Iterable[tuple[int, Group]]:
        """The last group at each width, as far as it has losses."""
        return ((n, self.groups[n][-1]) for n in widths if self.groups[n][-1].losses)

    def _work(self, seeds: int, wanted: Mapping[int, Collection[int]]) -> float:
        """The estimated seconds of draws at all rates ``wanted``."""
        work = 0.0
        for n, rates in wanted.items():
            one, at = self.runs(1.0), self.plan.at(n)
            work += seeds * len(rates) * one.cost(at) + (0.0 if n in self.compiled else one.compilation(at))
        return work

    def _affordable(self, seeds: int, wanted: Mapping[int, Collection[int]]) -> bool:
        """Whether the budget is enough for them; where it is not, the search is short."""
        enough = self.drawn.work + self._work(seeds, wanted) <= self.plan.time_limit
        self.drawn.short = self.drawn.short or not enough
        return enough

    def _draw(self, number: int, seeds: int, wanted: Mapping[int, Collection[int]], *, far: bool = False) -> None:
        """Draw the group called ``number`` at the rates ``wanted`` of every width, one rate after another.

        ``far``: they are kept apart from the grid.
        """
        begun, whole = self.drawn.work, self._work(seeds, wanted)
        for k in sorted({k for rates in wanted.values() for k in rates}):
            widths = tuple(n for n, rates in wanted.items() if k in rates)
            plan = replace(self.plan, widths=widths, seeds=seeds, max_width=None, key=self.plan.key + number)
            found = sweep(self.runs(factor(k)), plan, self.means, report=self._said(k, begun, whole))
            found.work = self._work(seeds, dict.fromkeys(widths, (k,)))
            self.compiled |= set(widths)
            for n, losses in found.samples.get(AFTER, {}).items():
                if len(losses) == seeds:
                    group = self.groups[n][number]
                    group.before = found.samples[BEFORE][n]
                    (group.far if far else group.losses)[k] = _judged(group.before, losses)
            self.drawn = replace(found.also(self.drawn), samples={})
            if found.interrupted:
                break
        self.seen()

    def _said(self, k: int, begun: float, whole: float) -> Report | None:
        report = self.report
        if report is None:
            return None
        before = self.drawn.work

        def said(done: float, total: float, what: str) -> None:
            if what != "done":
                report(before + done, max(begun + whole, before + total), f"rate times {factor(k):.4g}, {what}")

        return said


def _judged(before: Floats, after: Floats) -> Floats:
    """``after``, infinite where a run diverged: it is not finite, or very much larger than ``before``."""
    wild = ~np.isfinite(after) | (np.abs(after) > EXPLODED * np.maximum(np.abs(before), 1.0))
    return np.where(wild, np.inf, after)
