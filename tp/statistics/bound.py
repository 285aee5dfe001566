"""The definition of an asymptotic bound that every verdict rests on (paper, definition 2.1 and theorem 2.1).

M = O(f) iff P(|M_n| <= g(n)) -> 1 for every g with f = o(g). This holds iff for every probability q < 1 the q-quantile
of |M_n| is O(f), and f is the definite bound iff, besides, some quantile of |M_n| is not less than f in order
(docs/asymptotics.md has the proofs). So a bound n^p is a statement about exponents of quantiles:

- M = O(n^p) is confirmed where the highest quantile that the draws support is O(n^p), and no higher one speaks
  against it; it is refuted where a quantile outgrows n^p and none above it is O(n^p): :func:`upper_bound`;
- n^p is the definite bound, Theta(n^p), where M = O(n^p) and a quantile is Omega(n^p): :class:`Bound`.

A :class:`Course` is the finding on one quantile, from any estimator.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from tp.statistics.estimate import Estimate
from tp.statistics.more import More
from tp.statistics.verdict import Verdict

LEAST_WIDTHS = 3
"""The least number of widths that a bound rests on."""
RANGE = 8
"""The least ratio of the largest to the smallest width that a bound rests on."""


class Fate(Enum):
    """Whether one quantile of |M_n| / n^p stays bounded as n grows."""

    BOUNDED = "bounded"
    UNBOUNDED = "unbounded"
    UNCLEAR = "unclear"


class Doubt(Enum):
    """Why the fate of a quantile is unclear."""

    INTERVAL = "the interval of the slope reaches across p"
    HALF = "the larger half of the widths does not agree"
    DRIFT = "the slope may cross p at larger widths"
    FEWER = "the draws that make the quantile large become fewer"


@dataclass(frozen=True, slots=True)
class Course:
    """The fate of one quantile, the reason where it is unclear, and what ``more`` would settle a drift.

    ``above``: the whole interval of the slope lies above p, whatever the doubts.
    """

    fate: Fate
    doubt: Doubt | None = None
    more: More = More.NOTHING
    above: bool = False


def course(
    slope: Estimate,
    late: Estimate,
    edge: float,
    leaves: Callable[[], More],
    returns: Callable[[], More],
    strict: Estimate | None = None,
) -> Course:
    """Whether a quantile with the ``slope`` over all widths and ``late`` over their larger half is O(n^edge).

    Bounded: the interval of the slope lies below the edge, the larger half of the widths agrees, and nothing says
    that it ``leaves`` the bound at larger widths. Unbounded: the interval (``strict``, where several quantiles are
    tested at once) and that of the larger half lie above the edge, and nothing says that it ``returns`` to the bound.
    ``leaves`` and ``returns`` are called only where they decide. Each returns what would settle its doubt, and
    :data:`~tp.statistics.more.More.NOTHING` where there is no doubt. All slopes are exponents of n.
    """
    if slope.high <= edge:
        if late.value > edge:
            return Course(Fate.UNCLEAR, Doubt.HALF)
        more = leaves()
        return Course(Fate.UNCLEAR, Doubt.DRIFT, more) if more else Course(Fate.BOUNDED)
    if (strict or slope).low <= edge:
        return Course(Fate.UNCLEAR, Doubt.INTERVAL)
    more = returns()
    if more:
        return Course(Fate.UNCLEAR, Doubt.DRIFT, more, above=True)
    if late.low <= edge:
        return Course(Fate.UNCLEAR, Doubt.HALF, above=True)
    return Course(Fate.UNBOUNDED, above=True)


@dataclass(frozen=True, slots=True)
class QuantileCourse:
    """The course of the quantile at ``level``, a probability.

    ``harmless``: the bound may be confirmed although the course is unclear. It is set for quantiles with few draws
    beyond them, whose intervals are always long, unless their slopes speak against the bound.
    """

    level: float
    course: Course
    harmless: bool = False


def upper_bound(
    quantiles: Sequence[QuantileCourse], refuting: Sequence[QuantileCourse] | None = None
) -> tuple[Verdict, QuantileCourse]:
    """The verdict on M = O(n^p), and the quantile that it rests on, from ``quantiles`` in increasing order of level.

    A quantile bounds all lower ones, so courses below the highest bounded one are ignored. Where |M_n| is only known
    to lie in an interval, ``quantiles`` are those of its upper end, which can confirm, and ``refuting`` those of its
    lower end, which can refute. Raises ValueError without quantiles.
    """
    if not quantiles:
        raise ValueError("a bound needs the course of one quantile or more")
    highest = max((k for k, q in enumerate(quantiles) if q.course.fate is Fate.BOUNDED), default=-1)
    for q in (refuting or quantiles)[highest + 1 :]:
        if q.course.fate is Fate.UNBOUNDED:
            return Verdict.REFUTED, q
    for q in quantiles[highest + 1 :]:
        if not q.harmless:
            return Verdict.UNDECIDED, q
    return Verdict.CONFIRMED, quantiles[highest]


@dataclass(frozen=True, slots=True)
class Bound:
    """The verdicts on M = O(n^p) (``upper``) and on "some quantile of |M| is Omega(n^p)" (``lower``)."""

    upper: Verdict
    lower: Verdict

    @staticmethod
    def of(upper: Sequence[QuantileCourse], lower: Sequence[QuantileCourse]) -> Bound:
        """From courses of quantiles of |M_n| / n^p and of n^p / |M_n|."""
        return Bound(upper_bound(upper)[0], upper_bound(lower)[0])

    @property
    def definite(self) -> Verdict:
        """The verdict on n^p as the definite bound of M (theorem 2.1), that is Theta(n^p)."""
        if Verdict.REFUTED in (self.upper, self.lower):
            return Verdict.REFUTED
        return Verdict.CONFIRMED if self.upper is self.lower is Verdict.CONFIRMED else Verdict.UNDECIDED
