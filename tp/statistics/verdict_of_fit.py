"""From a fit to a verdict: whether the predicted power of n is the definite bound of what was measured."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

from tp.exponent import show
from tp.statistics.bound import RANGE, Bound, Course, Doubt, Fate, QuantileCourse, course
from tp.statistics.estimate import Estimate
from tp.statistics.fit import Fit
from tp.statistics.more import MOST_SEEDS, More
from tp.statistics.obstacles import LOOSE_WIDTH, Case, Obstacle, shown
from tp.statistics.quantiles import QUANTILES
from tp.statistics.verdict import MARGIN, Judgement, Verdict

PRECISION = 0.45
"""The error of a fitted line in log|q| that is aimed at, at the largest width, if the line is exact at the smallest.

It is half the interval of the slope times log(largest / smallest width), of the widths that were asked for.
"""


def judge(predicted: Fraction | None, fit: Fit, grid: Fraction | None = None, *, exact: bool = True) -> Judgement:
    """Whether n^predicted is the definite bound of what was measured; ``predicted`` None: it vanishes identically.

    ``grid`` is the spacing of the exponents that are possible; the margin is :data:`~tp.statistics.verdict.SHARE` of
    it. None: see :func:`spacing`. Where the prediction is not ``exact``, it is an upper bound only.

    Confirmed: the interval of the exponent contains the prediction (or a logarithm explains why not) and lies within
    the margin, no rare draws grow faster, and a floor that is one step of the grid larger fits clearly worse. Refuted:
    the interval lies above, the local slope has stopped moving, and the prediction fits clearly worse even with a
    logarithm or with a correction that fades. Consistent: a predicted upper bound holds. Loose: the interval lies
    below, widths reach :data:`~tp.statistics.obstacles.LOOSE_WIDTH`, and the prediction fits worse as a floor.
    :mod:`tp.statistics.bound` has the definition, docs/measurement.md all rules.
    """
    if predicted is None:
        return _judge_zero(fit)
    if show(predicted) == "inf":
        return _undecided("no power of n is predicted")
    if fit.vanishes:
        return _undecided("zero to rounding at every width, where a power of n was predicted")
    if fit.problem is not None or fit.late is None or fit.centres is None:
        return _undecided(fit.problem or "no slope")
    if fit.widths[-1] < RANGE * fit.widths[0]:
        return _undecided(f"the widths span less than a factor of {RANGE}", More.WIDTHS)
    case = Case(predicted, grid or spacing(predicted), fit, fit.late, fit.tail, fit.centres, exact)
    return replace(_compare(case), unseen=case.share or 1.0)


def unpredicted(fit: Fit) -> Judgement:
    """The judgement where there is no prediction to compare with."""
    return _undecided(fit.problem or "no prediction")


def spacing(predicted: Fraction) -> Fraction:
    """The spacing of exponents where no program gives it: 1/2 about multiples of 1/2, half the unit about others."""
    return Fraction(1, 2) if predicted.denominator <= 2 else Fraction(1, 2 * predicted.denominator)


def coarse(fit: Fit, reach: int | None = None) -> bool:
    """Whether the interval is too long, and about :data:`MOST_SEEDS` seeds would make it short enough.

    Half its length should be at most :data:`MARGIN` and at most :data:`PRECISION` / log(``reach`` / smallest width).
    ``reach`` is the largest width that was asked for (default: the largest one). Wider ones are added to see later
    terms: that a term is excluded takes few draws there, and the interval need not be shorter for them.
    """
    if fit.late is None or fit.widths[-1] < RANGE * fit.widths[0]:
        return False
    half = fit.late.overall.half_width
    largest = fit.widths[-1] if reach is None else min(reach, fit.widths[-1])
    aim = min(MARGIN, PRECISION / math.log(max(largest / fit.widths[0], RANGE)))
    return half > aim and fit.seeds[-1] * half**2 <= 2 * MOST_SEEDS * aim**2


def _judge_zero(fit: Fit) -> Judgement:
    if fit.vanishes:
        return Judgement(Verdict.CONFIRMED, "zero to rounding in every sample")
    if any(m != m for m in fit.medians):
        return _undecided(fit.problem or "values that are not finite")
    return Judgement(Verdict.REFUTED, "predicted to vanish, but some samples do not")


def _compare(case: Case) -> Judgement:
    late, about = case.late, f"about n^{case.late.overall.value:z.2f}{_basis(case)}"
    upper, lower = _upper(case), _lower(case)
    higher = _higher(case)
    bound = Bound.of([QuantileCourse(QUANTILES[0], upper), *higher], [QuantileCourse(QUANTILES[0], lower)])
    if bound.upper is Verdict.REFUTED:
        helps = More.WIDTHS if case.fit.widths[-1] < LOOSE_WIDTH else More.NOTHING
        return Judgement(Verdict.REFUTED, f"larger than predicted: {about}", helps)
    if bound.definite is Verdict.CONFIRMED and (case.exact or case.excluded is None):
        return _open(case.excluded or case.rare) or Judgement(Verdict.CONFIRMED, _confirmed(case), More.REACH)
    if not case.exact and bound.upper is Verdict.CONFIRMED:
        within = f"within the bound: {about}{_seldom(case)}"
        return _open(case.rare) or Judgement(Verdict.CONSISTENT, within, More.REACH)
    if bound.lower is Verdict.REFUTED:
        return _open(case.attained) or Judgement(Verdict.LOOSE, f"smaller than predicted: {about}")
    return _doubtful(case, late.overall, upper, lower, higher)


def _upper(case: Case) -> Course:
    """Whether the typical size is O(n^predicted). Doubts are rival laws that look the same at these widths."""
    late = case.late
    return course(
        late.overall, late.upper, case.edge, leaves=lambda: _more(case.floor), returns=lambda: _more(case.slow)
    )


def _lower(case: Case) -> Course:
    """Whether the typical size is Omega(n^predicted): the course of 1 / size against 1 / n^predicted."""
    slope, late = -case.late.overall, -case.late.upper
    return course(slope, late, case.margin - case.p, leaves=lambda: More.NOTHING, returns=lambda: _more(case.prefactor))


def _higher(case: Case) -> list[QuantileCourse]:
    """The quantile above the typical ones: it decides nothing, but a larger slope prevents a confirmed bound.

    Its slope is the exponent of typical sizes, which may allow for a correction, and what it rises faster by.
    """
    overall, rise = case.late.overall.value, case.late.rise
    harmless = overall + rise.low <= case.edge and overall + rise.value <= _far(case)
    return [QuantileCourse(QUANTILES[-1], Course(Fate.UNCLEAR, Doubt.INTERVAL), harmless)]


def _far(case: Case) -> float:
    """The largest slope that an upper quantile may have: that of the next exponent of the grid."""
    return case.p + float(case.grid)


def _doubtful(case: Case, overall: Estimate, upper: Course, lower: Course, higher: list[QuantileCourse]) -> Judgement:
    """Undecided, with the first doubt in the way of a verdict, and what would settle it."""
    late, anything = case.late, More.WIDTHS | More.SEEDS
    if upper.above and upper.doubt is Doubt.DRIFT and case.slow:
        return _undecided(case.slow.reason, case.slow.more)
    if case.exact and lower.doubt is Doubt.DRIFT and case.prefactor:
        return _undecided(case.prefactor.reason, case.prefactor.more)
    doubts = (upper.doubt, lower.doubt) if case.exact else (upper.doubt,)
    if Doubt.INTERVAL in doubts:
        helps = More.SEEDS if _reachable(case) else More.WIDTHS
        return _undecided(f"the interval {shown(overall)} is not wholly within {case.margin:g} of it", helps)
    if Doubt.HALF in doubts:
        half = f"the larger half of the widths alone gives {late.upper.value:z.2f} {shown(late.upper)}"
        return _undecided(half, anything)
    for q in higher:
        if not q.harmless:
            slope = late.overall.value + late.rise.value
            return _undecided(f"the {q.level:.0%} quantile has the slope {slope:.2f}", anything)
    floor = _open(case.floor)
    if floor is None:
        return _undecided("no single reason", anything)
    return replace(floor, floor_only=case.excluded is None and case.rare is None)


def _reachable(case: Case) -> bool:
    """Whether about :data:`MOST_SEEDS` seeds would bring the interval to one side of the edge of the margin.

    Its length falls as the square root of the number of seeds; a bias from small widths does not.
    """
    found, seeds = case.late.overall, case.fit.seeds[-1]
    distance = abs(case.margin - abs(found.value - case.p))
    return seeds < MOST_SEEDS and seeds * found.half_width**2 <= 2 * MOST_SEEDS * distance**2


def _confirmed(case: Case) -> str:
    fits = f"interval within {case.margin:g}{_basis(case)}; no other multiple of {case.grid} fits"
    return fits + _seldom(case)


def _seldom(case: Case) -> str:
    return f", up to events rarer than 1 in {round(1 / case.share)}" if case.share else ""


def _basis(case: Case) -> str:
    """The widths and the model that a verdict rests on; empty for all widths and a power of n alone."""
    fit, found = case.fit, case.late.overall
    since = f" from n = {fit.start} on" if fit.start > fit.widths[0] else ""
    if not found.low <= case.p <= found.high and case.logarithm:
        return f"{since}, with a power of log n"
    return since + (", with a correction of lower order" if fit.bent else "")


def _more(obstacle: Obstacle | None) -> More:
    return More.NOTHING if obstacle is None else obstacle.more


def _open(obstacle: Obstacle | None) -> Judgement | None:
    return None if obstacle is None else _undecided(obstacle.reason, obstacle.more)


def _undecided(reason: str, more: More = More.NOTHING) -> Judgement:
    return Judgement(Verdict.UNDECIDED, reason, more)
