"""The exponent of the definite bound of a random tensor, estimated from slopes of its quantiles."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tp.asymptotics.criteria import Criteria
from tp.asymptotics.finding import LevelSlope
from tp.asymptotics.growth import Growth
from tp.asymptotics.levels import DRIFT, share_falls
from tp.asymptotics.parity import Logs, draws, profiles
from tp.asymptotics.samples import Plan, Samples, as_samples
from tp.asymptotics.scale import ONE, Scale
from tp.asymptotics.series import Series
from tp.asymptotics.sharing import SAME, Sharing, sharing, worst
from tp.asymptotics.tail import tail_index
from tp.asymptotics.tightness import LOWEST, extra_level, far_tail, still_rises
from tp.statistics.bootstrap import Bootstrapped, mean
from tp.statistics.estimate import Estimate
from tp.statistics.quantile_profile import QuantileProfile
from tp.statistics.quantiles import supported
from tp.statistics.verdict import Verdict


@dataclass(frozen=True, slots=True)
class DefiniteExponent:
    """The exponent of n of the definite bound, up to logs.

    ``exponent`` is None where the highest quantiles have no common slope. ``verdict`` is confirmed where half the
    length of its interval is at most the margin and there is no doubt, else undecided; ``reason`` says why. ``sharing``
    says of each level whether its quantile has that exponent, ``evidence`` lists all slopes. ``tail`` is the tail index
    a at the largest width: moments of order a and above do not exist. ``unseen`` is the probability of events too rare
    for the highest level.
    """

    verdict: Verdict
    exponent: Estimate | None
    reason: str
    sharing: dict[float, Sharing]
    evidence: tuple[LevelSlope, ...]
    tail: Estimate | None
    unseen: float

    def levels(self, wanted: Sharing) -> tuple[float, ...]:
        """The levels whose :attr:`sharing` is ``wanted``."""
        return tuple(q for q, found in self.sharing.items() if found is wanted)

    def __str__(self) -> str:
        return f"{self.exponent or 'no exponent'}: {self.verdict.value}; {self.reason}"


def definite_exponent(
    source: Series | Samples,
    plan: Plan | None = None,
    criteria: Criteria | None = None,
    factor: Scale | Growth = ONE,
) -> DefiniteExponent:
    """Estimate the exponent a of the definite bound n^a of ||M_n|| / ``factor``(n) (theorem 2.1).

    The definite bound is the order of a quantile that all higher quantiles share. So the slopes of log quantiles
    against log n are compared with that of the highest level (:func:`~tp.asymptotics.sharing.sharing`). The exponent is
    the mean slope, over even and odd widths, of the two or more highest levels that share it. Its interval covers the
    bootstrap intervals, at the confidence of the criteria, of the slopes over all widths and over the larger half, and
    the latter slope plus its drift where that is significant. Undecided, with the reason: highest levels that differ,
    exponents of even and odd widths that differ, slopes that rise from level to level, a drift of more than half the
    margin (logs drift; divide by them as a ``factor``), large draws that become fewer or are too few to tell, long
    intervals, too few draws or widths. Finite-width corrections without a drift are not in the interval.

    From rank 3 on the intervals cover the slopes of the lower and of the upper bounds of norms. Moments are not used
    and need not exist. Raises ValueError where ``source`` is Samples and a plan is given, and for less than two levels.
    """
    criteria = criteria or Criteria()
    if len(criteria.levels) < 2:
        raise ValueError("a definite bound is compared across two levels at least")
    samples = as_samples(source, plan)
    below, above = samples.logs(factor)
    found = _estimated(below, criteria)
    if above is not below and found.exponent is not None:
        found = _hull(found, _estimated(above, criteria), criteria)
    return replace(found, tail=tail_index(samples.lower[samples.widths[-1]], criteria.confidence))


def _estimated(logs: Logs, criteria: Criteria) -> DefiniteExponent:
    count = draws(logs)
    levels = [q for q in criteria.levels if supported(q, count)]
    found = DefiniteExponent(Verdict.UNDECIDED, None, "", {}, (), None, 1 - max(levels, default=0.0))
    if len(levels) < 2:
        return replace(found, reason=f"{count} draws reach fewer than two levels")
    by_parity = profiles(logs, levels)
    short = [p.name for p in by_parity if not p.long_enough]
    if short:
        return replace(found, reason=f"{short[0]} are fewer than 3 or span less than a factor of 8")
    top = len(levels) - 1
    shares = {k: [sharing(p, k, criteria) for p in by_parity] for k in range(top + 1)}
    confidence = criteria.confidence
    lines = [LevelSlope.of(p, k, confidence, shares[k][i].value) for i, p in enumerate(by_parity) for k in shares]
    found = replace(found, sharing={q: worst(shares[k]) for k, q in enumerate(levels)}, evidence=tuple(lines))
    if not all(p.finite(top) for p in by_parity):
        return replace(found, reason=f"the quantile {levels[top]:g} is 0 at some widths")
    rising = still_rises(logs, criteria)
    if rising is not None:
        reason = "slopes rise from level to level, {:.2f} to {:.2f}: perhaps no definite bound".format(*rising)
        return replace(found, reason=reason)
    next_one = found.sharing[levels[top - 1]]
    if next_one is not Sharing.SHARES:
        advice = "more draws would tell" if next_one is Sharing.UNCLEAR else "use higher levels"
        reason = f"the quantiles {levels[top - 1]:g} and {levels[top]:g} have no common slope; {advice}"
        return replace(found, reason=reason)
    first = top
    while first > 0 and found.sharing[levels[first - 1]] is Sharing.SHARES:
        first -= 1
    return _judged(found, by_parity, range(first, top + 1), logs, criteria)


def _judged(
    found: DefiniteExponent, by_parity: list[QuantileProfile], shared: range, logs: Logs, criteria: Criteria
) -> DefiniteExponent:
    means = [_mean(p, shared, None) for p in by_parity]
    if len(means) == 2:
        apart = (means[0] - means[1]).interval(criteria.confidence)
        if apart.low > SAME or apart.high < -SAME:
            both = " and ".join(f"{m.value:z.2f} ({p.name})" for p, m in zip(by_parity, means, strict=True))
            return replace(found, reason=f"even and odd widths differ: {both}")
    drift = _drift(by_parity, shared)
    exponent = mean(means).interval(criteria.confidence)
    upper = mean([_mean(p, shared, p.upper_half) for p in by_parity]).interval(criteria.confidence)
    late, ahead = upper.value, upper.value + (drift.value if drift.low > 0 or drift.high < 0 else 0)
    low, high = min(exponent.low, upper.low, ahead), max(exponent.high, upper.high, ahead)
    exponent = replace(exponent, low=low, high=high)
    found = replace(found, exponent=exponent)
    if (drift.low > 0 or drift.high < 0) and abs(drift.value) > criteria.margin / 2:
        return replace(found, reason=f"the slope drifts: {late - drift.value:z.2f} then {late:z.2f}; use larger widths")
    doubt = _rare_draws(by_parity, shared, logs, exponent, criteria)
    if doubt is None and exponent.half_width > criteria.margin:
        doubt = "the interval is long; more draws or larger widths would shorten it"
    if doubt is None and by_parity[0].levels[-1] != criteria.levels[-1]:
        doubt = f"{draws(logs)} draws do not reach the quantile {criteria.levels[-1]:g}"
    if doubt is not None:
        return replace(found, reason=doubt)
    return replace(found, verdict=Verdict.CONFIRMED, reason=_reason(found.sharing, by_parity[0].levels[shared[0] :]))


def _drift(by_parity: list[QuantileProfile], shared: range) -> Estimate:
    return mean([_mean(p, shared, p.upper_half) - _mean(p, shared, p.lower_half) for p in by_parity]).interval(DRIFT)


def _rare_draws(
    by_parity: list[QuantileProfile], shared: range, logs: Logs, exponent: Estimate, criteria: Criteria
) -> str | None:
    """A doubt from large draws: they become fewer, or those beyond the highest level grow differently."""
    levels = by_parity[0].levels
    top = levels[shared[-1]]
    low, value = exponent.high + criteria.margin, exponent.value + 2 * criteria.margin
    for p in profiles(logs, [min(LOWEST, top), top, *extra_level([*levels], draws(logs))]):
        falling = share_falls(p, 1, logs, criteria.margin)
        if falling is not None:
            return "large draws become fewer, {:.2g} to {:.2g} of all".format(*falling)
        last = len(p.levels) - 1
        if last > 1 and p.finite(last):
            beyond = p.slope(last).interval(criteria.confidence)
            if beyond.low > low or beyond.value > value:
                return f"the quantile {p.levels[last]:g} may grow faster, slope {beyond}; more draws would tell"
        doubts = far_tail(p, logs, low, value)
        if doubts:
            return doubts[0]
    return None


def _reason(found: dict[float, Sharing], agreeing: tuple[float, ...]) -> str:
    text = "the quantiles " + ", ".join(f"{q:g}" for q in agreeing) + " agree"
    rest = ["the median" if q == 0.5 else f"the quantile {q:g}" for q, s in found.items() if s is not Sharing.SHARES]
    return f"{text}; not shared by " + ", ".join(rest) if rest else text


def _mean(p: QuantileProfile, levels: range, part: slice | None) -> Bootstrapped:
    return mean([p.slope(k, part) for k in levels])


def _hull(below: DefiniteExponent, above: DefiniteExponent, criteria: Criteria) -> DefiniteExponent:
    """One estimate from those of lower and upper bounds of norms."""
    one, two = below.exponent, above.exponent
    if one is None or two is None:
        return replace(below, verdict=Verdict.UNDECIDED, exponent=None, reason=f"upper bounds of norms: {above.reason}")
    whole = replace(one, low=min(one.low, two.low), high=max(one.high, two.high))
    if below.verdict is above.verdict is Verdict.CONFIRMED and whole.half_width > criteria.margin:
        reason = f"slopes of norms are only bounded: {one.value:z.2f} from below, {two.value:z.2f} from above"
        return replace(below, verdict=Verdict.UNDECIDED, exponent=whole, reason=reason)
    worse = below if below.verdict is not Verdict.CONFIRMED else above
    return replace(worse, exponent=whole)
