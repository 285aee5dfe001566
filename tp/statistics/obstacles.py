"""What stands in the way of a verdict: laws that look the same, slopes that still move, rare draws, heavy tails."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from tp.exponent import show
from tp.statistics.corrections import Centres
from tp.statistics.estimate import ROUNDING, Estimate
from tp.statistics.fit import Fit
from tp.statistics.intervals import deviations
from tp.statistics.more import MOST_SEEDS, More
from tp.statistics.rare_events import FASTER, NEXT, SHARES, SURELY, Tail, growing_share, needed_share, supported_share
from tp.statistics.rival_laws import (
    ODDS,
    RANGE_OF_POWERS,
    explained_misfit,
    floor_misfit,
    larger_misfit,
    law_misfit,
    powers_misfit,
    slow_misfit,
)
from tp.statistics.slopes import Slopes
from tp.statistics.verdict import SHARE

LOOSE_WIDTH = 1 << 16
"""The verdict "loose" needs a width this large: a leading term with a small prefactor shows at large widths only.

C^{0,3} of one attention head at 1/sqrt(n) falls as 1/n up to n = 1000, without a sign of the constant that it tends to.
"""
MOVES = 0.03
"""A local slope still moves where it certainly changes by more than this from one decade of widths to the next."""
NARROWS = 0.5
"""The law of the draws still changes where the log of (90 % quantile / median) falls by more than this."""
WIDE = 3.5
"""Tails are heavy where that log exceeds this: it is 0.9 for a normal variable, 1.8 for a Cauchy one."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a verdict is not given, and what ``more`` would help."""

    reason: str
    more: More


@dataclass(frozen=True)
class Case:
    """A prediction, the ``grid`` of possible exponents around it, and what was measured.

    Where the prediction is not ``exact``, it is an upper bound, and smaller powers agree with it. ``tail`` and
    ``centres`` are those of the fit, which has slopes; without a ``tail`` nothing is said of rare draws.
    """

    predicted: Fraction
    grid: Fraction
    fit: Fit
    late: Slopes
    tail: Tail | None
    centres: Centres
    exact: bool = True

    @property
    def p(self) -> float:
        return float(self.predicted)

    @property
    def margin(self) -> float:
        """The farthest that the interval of a confirmed exponent reaches from the prediction."""
        return SHARE * float(self.grid)

    @property
    def edge(self) -> float:
        """The largest slope that counts as O(n^predicted)."""
        return self.p + self.margin

    @cached_property
    def floor(self) -> Obstacle | None:
        """A floor, one step of the grid larger, that would look the same at these widths."""
        step = self.predicted + self.grid
        more = self._missing(lambda data: floor_misfit(data, float(step)), lambda data: law_misfit(data, self.p))
        same = f"n^({show(step)}) with a small prefactor would look the same at these widths"
        return Obstacle(same, more) if more else None

    @cached_property
    def slow(self) -> Obstacle | None:
        """A reason why a slope above the bound may still fall to it at larger widths."""
        late, anything = self.late, More.WIDTHS | More.SEEDS
        if late.narrowing > NARROWS:
            return Obstacle(
                "the spread of the draws still shrinks, and typical sizes with it; use larger widths", anything
            )
        if late.spread > WIDE:
            return Obstacle("the draws have heavy tails: their 90 % quantile is far above the median", anything)
        moves = f"{late.lower.value:z.2f} then {late.upper.value:z.2f}"
        if late.drift.high < -MOVES or late.trend.high < -MOVES:
            return Obstacle(f"the local slope still moves towards the prediction: {moves}; use larger widths", anything)
        if late.last.value <= self.edge:
            last = f"{late.last.value:z.2f} {shown(late.last)}"
            return Obstacle(f"the last decade of widths alone gives {last}, and the slope may still move", anything)
        more = self._missing(
            lambda data: slow_misfit(data, self.p), lambda data: larger_misfit(data, self.p, float(self.grid))
        )
        if more and late.upper.value < late.lower.value:
            return Obstacle(f"the local slope still moves towards the prediction: {moves}; use larger widths", more)
        same = "a logarithm, or a term of lower order, would look the same at these widths; use larger widths"
        return Obstacle(same, more) if more else None

    @cached_property
    def prefactor(self) -> Obstacle | None:
        """A predicted term with a small prefactor, which would show at larger widths only."""
        faster = f"decays faster so far, about n^{self.late.overall.value:z.2f}"
        if self.fit.widths[-1] < LOOSE_WIDTH:
            hidden = f"{faster}; a predicted term with a small prefactor would show at larger widths only"
            return Obstacle(hidden, More.WIDTHS)
        more = self._missing(
            lambda data: floor_misfit(data, self.p), lambda data: powers_misfit(data, self.p - RANGE_OF_POWERS, self.p)
        )
        below = f"{faster}; the predicted term may still lie below it; use larger widths"
        return Obstacle(below, more) if more else None

    @cached_property
    def excluded(self) -> Obstacle | None:
        """The interval of the exponent excludes the prediction, and no correction or logarithm explains that."""
        found = self.late.overall
        if found.low - ROUNDING <= self.p <= found.high + ROUNDING or self.logarithm:
            return None
        helps = More.WIDTHS | More.SEEDS
        return Obstacle(f"the interval {shown(found)} excludes the prediction, though it is near", helps)

    @cached_property
    def logarithm(self) -> bool:
        """Whether the data are those of the prediction times a power of log n, and of no power of n alone."""
        level = deviations(self.late.overall.confidence) ** 2
        return self.fit.bent and explained_misfit(self.centres, self.p) <= self.fit.misfit + level

    @cached_property
    def share(self) -> float | None:
        """The least probability of events down to which the draws support O(n^predicted); None for none."""
        if self.tail is None:
            return None
        return supported_share(self.tail, self._below + max(FASTER, NEXT * float(self.grid)))

    @cached_property
    def rare(self) -> Obstacle | None:
        """Draws that are rare and grow faster than predicted, or too few draws to exclude them."""
        if self.tail is None:
            return None
        growing = growing_share(self.tail, self._below + SURELY)
        if growing is not None:
            rare = f"about 1 in {round(1 / growing)} draws grows faster than predicted"
            return Obstacle(f"{rare}; more draws would tell", More.SEEDS)
        return self._unsupported(self.tail, self.share, "grows faster than predicted")

    @cached_property
    def attained(self) -> Obstacle | None:
        """Too few draws to exclude that some quantile attains the prediction, though typical sizes fall faster."""
        if self.tail is None:
            return None
        share = supported_share(self.tail, NEXT * self._below)
        return self._unsupported(self.tail, share, "is as large as predicted")

    @property
    def _below(self) -> float:
        """By how much the exponent of typical sizes lies below the prediction; 0 where it lies above."""
        return max(0.0, self.p - self.late.overall.value)

    @staticmethod
    def _unsupported(tail: Tail, share: float | None, what: str) -> Obstacle | None:
        """Too few draws to exclude rare ones of which that is true, where ``share`` is all that they support."""
        if share is not None and share <= needed_share(tail):
            return None
        return Obstacle(
            f"too few draws to exclude that 1 in {round(1 / (share or SHARES[0]))} of them {what}", More.SEEDS
        )

    def _missing(self, rivals: Callable[[Centres], float], others: Callable[[Centres], float]) -> More:
        """What is needed to reject a family of ``rivals``; nothing where the data reject it.

        They do where they are :data:`~tp.statistics.rival_laws.ODDS` times the number of quantities judged together
        likelier under the ``others``. More seeds do not help where a rival fits clearly better, nor beyond
        :data:`~tp.statistics.more.MOST_SEEDS` seeds.
        """
        enough = 2 * math.log(ODDS * self.fit.quantities)
        excess = rivals(self.centres) - others(self.centres)
        if excess >= enough:
            return More.NOTHING
        return More.WIDTHS | (More.SEEDS if self.fit.seeds[-1] < MOST_SEEDS and excess > -enough else More.NOTHING)


def shown(estimate: Estimate) -> str:
    """The interval as text."""
    return f"[{estimate.low:z.2f}, {estimate.high:z.2f}]"
