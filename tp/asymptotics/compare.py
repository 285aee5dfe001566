"""The partial order of asymptotic behaviour (paper, remark 2.2): exact for scales, on a grid for functions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import inf, log

import numpy as np

from tp.answer import Answer, all_of
from tp.asymptotics.grid import Grid, Subsequence
from tp.asymptotics.growth import Growth
from tp.asymptotics.scale import Scale
from tp.asymptotics.tensors import Floats

STEEP = 0.2
"""An envelope of f/g that goes as (log n)^p is unbounded for p above this, and tends to 0 for p below minus this."""
ERRORS = 4.0
"""Half the length of the interval of p, in standard errors."""
LEVEL = 0.02
"""A |p| up to this counts as 0."""
SETTLING = 0.75
"""p is taken to tend to 0 where |p| over the second half of the blocks is less than this multiple of the first."""
NARROW = log(4)
"""An envelope whose p is not significant is bounded if it stays within this range of log(f/g)."""
BLOCKS = 14
"""Number of blocks of consecutive points; an envelope is the largest or smallest value of each."""
LEAST = 8
"""With fewer points than this the trend is unclear."""


class Relation(Enum):
    """How f and g compare: f < g means f = O(g) and not g = O(f), which is weaker than f = o(g)."""

    LESS = "less"
    GREATER = "greater"
    SAME = "same"
    INCOMPARABLE = "incomparable"
    UNDECIDED = "undecided"


class Trend(Enum):
    """The trend of an envelope of log(f/g) along a subsequence."""

    RISES = "rises"
    FLAT = "flat"
    FALLS = "falls"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Envelopes:
    """The trends of f/g along one subsequence of n.

    ``upper`` and ``lower`` are the trends of the largest and smallest values of its blocks: f = O(g) unless ``upper``
    rises, g = O(f) unless ``lower`` falls. ``vanishes`` says that f = g = 0 at every point. ``first`` and ``last`` are
    f/g at the first and the last point, or NaN.
    """

    subsequence: str
    upper: Trend
    lower: Trend
    first: float
    last: float
    vanishes: bool = False

    @property
    def bounded(self) -> Answer:
        """Whether f = O(g) here."""
        return Answer.of(None if self.upper is Trend.UNCLEAR else self.upper is not Trend.RISES)

    @property
    def bounds(self) -> Answer:
        """Whether g = O(f) here."""
        return Answer.of(None if self.lower is Trend.UNCLEAR else self.lower is not Trend.FALLS)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A relation with its evidence, one entry for each subsequence of ``grid``. Without a grid it is ``exact``."""

    relation: Relation
    grid: Grid | None = None
    evidence: tuple[Envelopes, ...] = ()

    @property
    def exact(self) -> bool:
        return self.grid is None


_RELATIONS = {
    (Answer.YES, Answer.YES): Relation.SAME,
    (Answer.YES, Answer.NO): Relation.LESS,
    (Answer.NO, Answer.YES): Relation.GREATER,
    (Answer.NO, Answer.NO): Relation.INCOMPARABLE,
}
"""The relation by (whether f = O(g), whether g = O(f))."""


def compare(f: Scale | Growth, g: Scale | Growth, grid: Grid | None = None) -> Comparison:
    """Compare f with g.

    Two scales are compared exactly. Otherwise log(f/g) is evaluated on ``grid`` (the default one reaches n = 2^40).
    Along each residue class and along powers of two, the largest and the smallest values of consecutive blocks are
    fitted by p log log n; the first third of the blocks is left out. If |p| exceeds :data:`STEEP` by :data:`ERRORS`
    standard errors, f/g grows or decays, unless |p| decreases along the grid. If |p| is smaller, f/g is bounded where p
    is negligible, decreases, or is scatter within a factor of 4. All else is undecided, as are functions that overflow
    or vanish together. A finite grid proves nothing about infinity: the evidence is of these n only.

    Raises ValueError where a function has negative or NaN values.
    """
    if isinstance(f, Scale) and isinstance(g, Scale):
        return Comparison(Relation.SAME if f == g else Relation.LESS if f < g else Relation.GREATER)
    grid = grid or Grid()
    evidence = tuple(_envelopes(f, g, subsequence) for subsequence in grid.subsequences())
    if all(e.vanishes for e in evidence):
        return Comparison(Relation.UNDECIDED, grid, evidence)
    below, above = all_of(e.bounded for e in evidence), all_of(e.bounds for e in evidence)
    return Comparison(_RELATIONS.get((below, above), Relation.UNDECIDED), grid, evidence)


def _envelopes(f: Scale | Growth, g: Scale | Growth, subsequence: Subsequence) -> Envelopes:
    points: list[tuple[float, float]] = []
    zeros = 0
    for n in subsequence.widths:
        above, below = f.log_at(n), g.log_at(n)
        if above == below == -inf:
            zeros += 1
        elif not above == below == inf:
            points.append((log(log(n)), above - below))
    if zeros == len(subsequence.widths):
        return Envelopes(subsequence.name, Trend.FLAT, Trend.FLAT, float("nan"), float("nan"), vanishes=True)
    if len(points) < LEAST:
        return Envelopes(subsequence.name, Trend.UNCLEAR, Trend.UNCLEAR, float("nan"), float("nan"))
    x, y = np.array(points).T
    size = max(1, len(points) // BLOCKS)
    count = len(points) // size
    x, y = x[-count * size :].reshape(count, size)[:, -1], y[-count * size :].reshape(count, size)
    ends = (float(np.exp(points[0][1])), float(np.exp(points[-1][1])))
    return Envelopes(subsequence.name, _trend(x, y.max(axis=1)), _trend(x, y.min(axis=1)), *ends)


def _trend(x: Floats, y: Floats) -> Trend:
    """The trend of block values ``y`` of log(f/g) against ``x`` = log log n."""
    x, y = x[len(x) // 3 :], y[len(y) // 3 :]
    late = y[len(y) // 2 :]
    if np.all(late == inf):
        return Trend.RISES
    if np.all(late == -inf):
        return Trend.FALLS
    if not np.isfinite(y).all():
        return Trend.UNCLEAR
    centred = x - x.mean()
    spread = centred @ centred
    slope = float(centred @ y / spread)
    rest = y - y.mean() - slope * centred
    error = ERRORS * float(np.sqrt(rest @ rest / (len(x) - 2) / spread))
    half = len(x) // 2
    early, late = (abs(float(np.polyfit(x[part], y[part], 1)[0])) for part in (slice(half), slice(half, None)))
    if abs(slope) - error > STEEP:
        return Trend.UNCLEAR if late < SETTLING * early else Trend.RISES if slope > 0 else Trend.FALLS
    if abs(slope) + error >= STEEP:
        scatter = abs(slope) <= error / 2 and float(np.ptp(y)) <= NARROW
        return Trend.FLAT if scatter else Trend.UNCLEAR
    return Trend.FLAT if abs(slope) <= max(error, LEVEL) or late < SETTLING * early else Trend.UNCLEAR
