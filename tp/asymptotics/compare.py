"""The partial order of asymptotic behaviour (paper, remark 2.2): exact for scales, on a grid for functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from math import inf, log

import numpy as np
from jaxtyping import Float

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
TURN = 0.1
"""An envelope turns where its logarithm comes back by more than this."""
STILL = 1e-3
"""An envelope has ended its rise or fall where its logarithm changes by no more than this over the last blocks."""
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
    or vanish together. Trends along powers of two are followed up to 2^1000. Values that are rounding errors of 0, as
    those of sin(pi n), count as 0. A finite grid proves nothing about infinity: the evidence is of these n only.

    Raises ValueError where a function has negative or NaN values.
    """
    if isinstance(f, Scale) and isinstance(g, Scale):
        return Comparison(Relation.SAME if f == g else Relation.LESS if f < g else Relation.GREATER)
    grid = grid or Grid()
    evidence = tuple(_envelopes(f, g, subsequence) for subsequence in grid.subsequences())
    evidence = _farther(f, g, grid, evidence)
    if all(e.vanishes for e in evidence):
        return Comparison(Relation.UNDECIDED, grid, evidence)
    below, above = all_of(e.bounded for e in evidence), all_of(e.bounds for e in evidence)
    return Comparison(_RELATIONS.get((below, above), Relation.UNDECIDED), grid, evidence)


def _farther(
    f: Scale | Growth, g: Scale | Growth, grid: Grid, evidence: tuple[Envelopes, ...]
) -> tuple[Envelopes, ...]:
    """``evidence`` without the trends that turn or end between the end of the grid and 2^1000.

    A slow oscillation such as sin log log n is monotone up to 2^40, and so is n + 10^12 over n. Trends that are the
    same as along powers of two are followed along these, as far as f and g can be evaluated there without overflow.
    """
    try:
        blocks = _blocks(f, g, grid.far)
    except (ArithmeticError, TypeError, ValueError):
        return evidence
    if not isinstance(blocks, Blocks):
        return evidence
    finite = np.isfinite(blocks.upper) & np.isfinite(blocks.lower)
    ahead = len(finite) if finite.all() else int(finite.argmin())
    if ahead < len(finite) // 2:
        return evidence
    near = evidence[-1]

    def trend(found: Trend, along: Trend, y: Floats) -> Trend:
        if found is not along or found not in (Trend.RISES, Trend.FALLS):
            return found
        if _turns(found, y):
            return Trend.FLAT if float(np.ptp(y)) <= NARROW else Trend.UNCLEAR
        late = y[len(y) // 2 :]
        return Trend.FLAT if float(np.ptp(late)) <= STILL else found

    upper, lower = blocks.upper[:ahead], blocks.lower[:ahead]
    return tuple(
        replace(e, upper=trend(e.upper, near.upper, upper), lower=trend(e.lower, near.lower, lower)) for e in evidence
    )


def _turns(found: Trend, ahead: Floats) -> bool:
    """Whether an envelope that rose or fell comes back from its extreme value."""
    back = {Trend.RISES: ahead.max() - ahead[-1], Trend.FALLS: ahead[-1] - ahead.min()}
    return bool(back.get(found, 0.0) > TURN)


def _logs(f: Scale | Growth, subsequence: Subsequence) -> list[float]:
    """log f(n); -inf where f(n) is a rounding error of 0, and everywhere where most values are.

    Rounding errors that appear at large n only are no zeros: something else is there, as in 1 + n |sin pi n|.
    """
    values = [f.log_at(n) for n in subsequence.widths]
    if not isinstance(f, Growth):
        return values
    zero = [f.is_rounding(n) for n in subsequence.widths]
    if 2 * sum(zero) > len(zero):
        return [-inf] * len(values)
    third = len(zero) // 3
    if 2 * sum(zero[:third]) < sum(zero[-third:]):
        return values
    return [-inf if none else value for none, value in zip(zero, values, strict=True)]


def _envelopes(f: Scale | Growth, g: Scale | Growth, subsequence: Subsequence) -> Envelopes:
    found = _blocks(f, g, subsequence)
    if isinstance(found, Blocks):
        upper, lower = _trend(found.x, found.upper), _trend(found.x, found.lower)
        return Envelopes(subsequence.name, upper, lower, found.first, found.last)
    trend = Trend.FLAT if found else Trend.UNCLEAR
    return Envelopes(subsequence.name, trend, trend, float("nan"), float("nan"), vanishes=found)


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """The largest and smallest log(f/g) of consecutive blocks of points, at ``x`` = log log n of their last points."""

    x: Float[Floats, " blocks"]
    upper: Float[Floats, " blocks"]
    lower: Float[Floats, " blocks"]
    first: float
    last: float


def _blocks(f: Scale | Growth, g: Scale | Growth, subsequence: Subsequence) -> Blocks | bool:
    """The blocks of a subsequence; with too few points, whether f = g = 0 at all of them."""
    points: list[tuple[float, float]] = []
    zeros = 0
    for n, above, below in zip(subsequence.widths, _logs(f, subsequence), _logs(g, subsequence), strict=True):
        if above == below == -inf:
            zeros += 1
        elif not above == below == inf:
            points.append((log(log(n)), above - below))
    if len(points) < LEAST:
        return zeros == len(subsequence.widths)
    x, y = np.array(points).T
    size = max(1, len(points) // BLOCKS)
    count = len(points) // size
    x, y = x[-count * size :].reshape(count, size)[:, -1], y[-count * size :].reshape(count, size)
    ends = (float(np.exp(points[0][1])), float(np.exp(points[-1][1])))
    return Blocks(x, y.max(axis=1), y.min(axis=1), *ends)


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
