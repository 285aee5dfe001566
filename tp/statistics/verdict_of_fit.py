"""From a fit to a verdict: whether the predicted power of n is the definite bound of what was measured."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from tp.exponent import show
from tp.statistics.bound import RANGE, Bound, Course, Doubt, Fate, QuantileCourse, course
from tp.statistics.corrections import Centres
from tp.statistics.estimate import Estimate
from tp.statistics.fit import Fit
from tp.statistics.more import MOST_SEEDS, More
from tp.statistics.quantiles import QUANTILES, unseen
from tp.statistics.rival_laws import ODDS, floor_misfit, slow_misfit
from tp.statistics.slopes import Slopes
from tp.statistics.verdict import MARGIN, SHARE, Judgement, Verdict

LOOSE_WIDTH = 1 << 16
"""The verdict "loose" needs a width this large: a leading term with a small prefactor shows at large widths only.

C^{0,3} of one attention head at 1/sqrt(n) falls as 1/n up to n = 1000, without a sign of the constant that it tends to.
"""
PRECISION = 0.45
"""The error of a fitted line in log|q| that is aimed at, at the largest width, if the line is exact at the smallest.

It is half the interval of the slope times log(largest / smallest width).
"""


def judge(predicted: Fraction | None, fit: Fit, grid: Fraction | None = None, *, exact: bool = True) -> Judgement:
    """Whether n^predicted is the definite bound of what was measured; ``predicted`` None: it vanishes identically.

    ``grid`` is the spacing of the exponents that are possible; the margin is :data:`~tp.statistics.verdict.SHARE` of
    it. None: 1/2 for multiples of 1/2, otherwise 1/4. Where the prediction is not ``exact``, it is an upper bound only.

    Confirmed: the whole interval of the exponent lies within the margin of the prediction, and a floor that is one step
    of the grid larger fits clearly worse. Refuted: the interval lies above, and the prediction fits clearly worse even
    with a logarithm or with a correction that fades. Consistent: a predicted upper bound holds. Loose: the interval
    lies below, widths reach :data:`LOOSE_WIDTH`, and the prediction fits worse as a floor.
    :mod:`tp.statistics.bound` has the definition, docs/measurement.md all rules.
    """
    return replace(_judge(predicted, fit, grid, exact=exact), unseen=unseen(min(fit.seeds)))


def unpredicted(fit: Fit) -> Judgement:
    """The judgement where there is no prediction to compare with."""
    return _undecided(fit.problem or "no prediction")


def spacing(predicted: Fraction) -> Fraction:
    """The distance of the next exponent that a quantity could have: 1/2 from multiples of 1/2, otherwise 1/4."""
    return Fraction(1, 2) if predicted.denominator <= 2 else Fraction(1, 4)


def coarse(fit: Fit) -> bool:
    """Whether the interval is too long, and about :data:`MOST_SEEDS` seeds would make it short enough.

    Half its length should be at most :data:`MARGIN` and at most :data:`PRECISION` / log(largest / smallest width).
    """
    if fit.late is None or fit.widths[-1] < RANGE * fit.widths[0]:
        return False
    half = fit.late.overall.half_width
    aim = min(MARGIN, PRECISION / math.log(fit.widths[-1] / fit.widths[0]))
    return half > aim and fit.seeds[-1] * half**2 <= 2 * MOST_SEEDS * aim**2


def _judge(predicted: Fraction | None, fit: Fit, grid: Fraction | None, *, exact: bool) -> Judgement:
    if predicted is None:
        return _judge_zero(fit)
    if show(predicted) == "inf":
        return _undecided("no power of n is predicted")
    if fit.vanishes:
        return _undecided("zero to rounding at every width, where a power of n was predicted")
    if fit.problem is not None or fit.late is None:
        return _undecided(fit.problem or "no slope")
    if fit.widths[-1] < RANGE * fit.widths[0]:
        return _undecided(f"the widths span less than a factor of {RANGE}", More.WIDTHS)
    return _compare(predicted, fit, fit.late, grid or spacing(predicted), exact=exact)


def _judge_zero(fit: Fit) -> Judgement:
    if fit.vanishes:
        return Judgement(Verdict.CONFIRMED, "zero to rounding in every sample")
    if any(m != m for m in fit.medians):
        return _undecided(fit.problem or "values that are not finite")
    return Judgement(Verdict.REFUTED, "predicted to vanish, but some samples do not")


def _compare(predicted: Fraction, fit: Fit, late: Slopes, grid: Fraction, *, exact: bool) -> Judgement:
    margin = SHARE * float(grid)
    upper, lower = _upper(predicted, fit, late, grid), _lower(predicted, fit, late, margin)
    higher = _higher(late, float(predicted) + margin)
    bound = Bound.of([QuantileCourse(QUANTILES[0], upper), *higher], [QuantileCourse(QUANTILES[0], lower)])
    if bound.upper is Verdict.REFUTED:
        return Judgement(Verdict.REFUTED, f"larger than predicted: about {_power(late)}{_basis(fit)}")
    if bound.definite is Verdict.CONFIRMED:
        return Judgement(Verdict.CONFIRMED, f"interval within {margin:g}{_basis(fit)}", More.WIDTHS)
    if not exact and bound.upper is Verdict.CONFIRMED:
        return Judgement(Verdict.CONSISTENT, f"within the bound: about {_power(late)}{_basis(fit)}", More.WIDTHS)
    if bound.lower is Verdict.REFUTED:
        return Judgement(Verdict.LOOSE, f"smaller than predicted: about {_power(late)}{_basis(fit)}")
    return _open(predicted, fit, late, grid, upper, lower, higher)


def _upper(predicted: Fraction, fit: Fit, late: Slopes, grid: Fraction) -> Course:
    """Whether the typical size is O(n^predicted). Doubts are rival laws that look the same at these widths."""
    return course(
        late.overall,
        late.upper,
        float(predicted) + SHARE * float(grid),
        leaves=lambda: _doubt(fit, floor_misfit, float(predicted + grid)),
        returns=lambda: _doubt(fit, slow_misfit, float(predicted)),
    )


def _lower(predicted: Fraction, fit: Fit, late: Slopes, margin: float) -> Course:
    """Whether the typical size is Omega(n^predicted): the course of 1 / size against 1 / n^predicted."""

    def hidden() -> More:
        return More.WIDTHS if fit.widths[-1] < LOOSE_WIDTH else _doubt(fit, floor_misfit, float(predicted))

    return course(-late.overall, -late.upper, margin - float(predicted), leaves=lambda: More.NOTHING, returns=hidden)


def _higher(late: Slopes, edge: float) -> list[QuantileCourse]:
    """The quantiles above the median: they decide nothing, but a slope above ``edge`` prevents a confirmed bound."""
    unclear = Course(Fate.UNCLEAR, Doubt.INTERVAL)
    pairs = zip(QUANTILES[1:], late.upper_quantiles, strict=True)
    return [QuantileCourse(q, unclear, harmless=found.value <= edge) for q, found in pairs]


def _open(
    predicted: Fraction,
    fit: Fit,
    late: Slopes,
    grid: Fraction,
    upper: Course,
    lower: Course,
    higher: list[QuantileCourse],
) -> Judgement:
    """Undecided, with the first doubt in the way of a verdict, and what would settle it."""
    margin, doubts, anything = SHARE * float(grid), (upper.doubt, lower.doubt), More.WIDTHS | More.SEEDS
    moves = f"the local slope still moves towards the prediction: {late.lower.value:z.2f} then {late.upper.value:z.2f}"
    if upper.above and upper.doubt is Doubt.DRIFT:
        if late.upper.value >= late.lower.value:
            moves = "a logarithm, or a term of lower order, would look the same at these widths"
        return _undecided(f"{moves}; use larger widths", upper.more)
    if lower.doubt is Doubt.DRIFT:
        if fit.widths[-1] >= LOOSE_WIDTH:
            return _undecided(f"{moves}; use larger widths", lower.more)
        hidden = "a predicted term with a small prefactor would show at larger widths only"
        return _undecided(f"decays faster so far, about {_power(late)}; {hidden}", lower.more)
    if Doubt.INTERVAL in doubts:
        helps = More.SEEDS if _reachable(late.overall, float(predicted), margin, fit.seeds[-1]) else More.WIDTHS
        return _undecided(f"the interval {_shown(late.overall)} is not wholly within {margin:g} of it", helps)
    if Doubt.HALF in doubts:
        half = f"the larger half of the widths alone gives {late.upper.value:z.2f} {_shown(late.upper)}"
        return _undecided(half, anything)
    for q, found in zip(higher, late.upper_quantiles, strict=True):
        if not q.harmless:
            return _undecided(f"the {q.level:.0%} quantile has the slope {found.value:.2f}", anything)
    rival = show(predicted + grid)
    return _undecided(f"n^({rival}) with a small prefactor would look the same at these widths", upper.more)


def _reachable(found: Estimate, predicted: float, margin: float, seeds: int) -> bool:
    """Whether about :data:`MOST_SEEDS` seeds would bring the interval to one side of the edge of the margin.

    Its length falls as the square root of the number of seeds; a bias from small widths does not.
    """
    distance = abs(margin - abs(found.value - predicted))
    return seeds * found.half_width**2 <= 2 * MOST_SEEDS * distance**2


def _doubt(fit: Fit, rival: Callable[[Centres, float], float], exponent: float) -> More:
    """What is needed to reject a ``rival`` law with ``exponent``; nothing where the data reject it.

    They do where they are :data:`ODDS` times the number of quantities judged together likelier under the fitted law.
    More seeds do not help where the rival fits clearly better, nor beyond :data:`MOST_SEEDS` seeds.
    """
    assert fit.centres is not None
    enough = 2 * math.log(ODDS * fit.quantities)
    excess = rival(fit.centres, exponent) - fit.misfit
    if excess >= enough:
        return More.NOTHING
    return More.WIDTHS | (More.SEEDS if fit.seeds[-1] < MOST_SEEDS and excess > -enough else More.NOTHING)


def _basis(fit: Fit) -> str:
    """The widths and the model that a verdict rests on; empty for all widths and a power of n alone."""
    since = f" from n = {fit.start} on" if fit.start > fit.widths[0] else ""
    return since + (", with a correction of lower order" if fit.bent else "")


def _power(slopes: Slopes) -> str:
    return f"n^{slopes.overall.value:z.2f}"


def _shown(estimate: Estimate) -> str:
    return f"[{estimate.low:z.2f}, {estimate.high:z.2f}]"


def _undecided(reason: str, more: More = More.NOTHING) -> Judgement:
    return Judgement(Verdict.UNDECIDED, reason, more)
