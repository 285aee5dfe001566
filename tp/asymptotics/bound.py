"""Stochastic O (paper, definition 2.1): upper, lower and definite bounds, tested on samples.

M = O(f) iff P(||M_n|| <= g(n)) -> 1 for every g with f = o(g). This holds iff for every probability q < 1 the
q-quantile of ||M_n|| is O(f). The tests look at the growth of quantiles of ||M_n|| / f(n) at several levels, and
:mod:`tp.statistics.bound` decides from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tp.asymptotics.criteria import Criteria
from tp.asymptotics.finding import Finding, LevelSlope
from tp.asymptotics.growth import Growth
from tp.asymptotics.parity import Logs
from tp.asymptotics.samples import Plan, Samples, as_samples, sample_together
from tp.asymptotics.scale import Scale
from tp.asymptotics.series import Series
from tp.asymptotics.tightness import all_fall, is_attained, still_rises, tightness
from tp.statistics.bound import Bound
from tp.statistics.verdict import Verdict


def is_bounded_by(
    source: Series | Samples, f: Scale | Growth, plan: Plan | None = None, criteria: Criteria | None = None
) -> Finding:
    """Whether M = O(f) (definition 2.1).

    Confirmed: the quantile of ||M_n||/f(n) at the highest level of the criteria is bounded, for even and for odd
    widths, with enough draws beyond it, and the highest quantile that the draws support gives no reason for doubt.
    Refuted: a quantile is unbounded at the confidence of the criteria, corrected for several tests; no higher quantile
    is bounded; and large draws do not become fewer. Undecided: all else. Powers of n smaller than the margin, logs and
    events less probable than ``unseen`` are not resolved. From rank 3 on upper bounds of norms confirm, lower ones
    refute. Raises ValueError where ``source`` is Samples and a plan is given, and what the sampler or f raises.
    """
    samples = as_samples(source, plan)
    below, above = samples.logs(f)
    return tightness(f"{samples.name} = O({f})", above, below, criteria or Criteria())


def is_bounded_below_by(
    source: Series | Samples, f: Scale | Growth, plan: Plan | None = None, criteria: Criteria | None = None
) -> Finding:
    """Whether M = Omega(f): P(||M_n|| >= g(n)) -> 1 for every g = o(f) (definition 2.1).

    The test is :func:`is_bounded_by` for f(n)/||M_n||. Its quantile at 1 - q is 1 over that of ||M_n||/f(n) at q, so
    the lowest level of the criteria decides. Raises as :func:`is_bounded_by`.
    """
    samples = as_samples(source, plan)
    criteria = criteria or Criteria()
    below, above = samples.logs(f)
    low = _negated(below)
    high = low if above is below else _negated(above)
    mirrored = replace(criteria, levels=tuple(round(1 - q, 12) for q in criteria.levels))
    found = tightness(f"{samples.name} = Omega({f})", low, high, mirrored)
    reason = f"in terms of f/|M|, {found.reason}"
    return replace(found, reason=reason, evidence=tuple(_mirrored(e) for e in found.evidence))


def has_definite_bound(
    source: Series | Samples, f: Scale | Growth, plan: Plan | None = None, criteria: Criteria | None = None
) -> Finding:
    """Whether f is the definite bound of M (theorem 2.1): M = O(f), and M = O(g) for no g < f.

    This holds iff M = O(f) and some quantile is Omega(f). Confirmed: :func:`is_bounded_by` confirms M = O(f), for each
    parity of widths some quantile of ||M_n||/f(n) is bounded from below, and the slopes of the highest quantiles do not
    increase with the level. Refuted: M = O(f) is refuted, or the highest quantile that the draws support tends to 0.
    """
    samples = as_samples(source, plan)
    criteria = criteria or Criteria()
    below, above = samples.logs(f)
    upper = tightness(f"O({samples.name}) = O({f})", above, below, criteria)
    attained, seen = _attained(below, above, criteria)
    reason = upper.reason
    if upper.verdict is Verdict.REFUTED:
        reason = f"f is not even an upper bound: {reason}"
    elif attained is Verdict.REFUTED:
        reason = seen
    elif upper.verdict is Verdict.CONFIRMED:
        reason = f"{seen}; {reason}" if attained is Verdict.CONFIRMED else seen
    return replace(upper, verdict=Bound(upper.verdict, attained).definite, reason=reason)


def _attained(below: Logs, above: Logs, criteria: Criteria) -> tuple[Verdict, str]:
    """Whether some quantile of R_n = ||M_n||/f(n) is Omega(1), with the reason, from bounds of log R_n."""
    falling = all_fall(_negated(above), criteria)
    if falling is not None:
        return Verdict.REFUTED, f"every quantile of |M|/f tends to 0, {falling}"
    rising = still_rises(below, criteria)
    if rising is not None:
        reason = "slopes of |M|/f rise from level to level, {:.2f} to {:.2f}: perhaps no definite bound".format(*rising)
        return Verdict.UNDECIDED, reason
    if not is_attained(below, criteria):
        return Verdict.UNDECIDED, "f is an upper bound, which no quantile clearly attains"
    return Verdict.CONFIRMED, "f is an upper bound that a quantile attains"


def are_uniformly_bounded_by(
    family: Sequence[Series],
    bounds: Sequence[Scale | Growth],
    plan: Plan | None = None,
    criteria: Criteria | None = None,
) -> Finding:
    """Whether all M_k = O(f_k) at once: P(||M_k|| <= g_k(n) for all k) -> 1 (uniform bound, appendix A.1).

    The test is :func:`is_bounded_by` for the maximum over k of ||M_k||/f_k(n) in joint draws. For a finite family, as
    here, this is the same as a bound for each member (remark 2.1). Raises ValueError for an empty family, or where the
    number of bounds differs from that of members.
    """
    if not family or len(family) != len(bounds):
        raise ValueError("a family needs at least one member, and one bound for each")
    parts = [samples.logs(f) for samples, f in zip(sample_together(family, plan), bounds, strict=True)]
    below, above = ({n: np.max([p[side][n] for p in parts], axis=0) for n in parts[0][side]} for side in (0, 1))
    claim = ", ".join(f"{s.name} = O({f})" for s, f in zip(family, bounds, strict=True))
    return tightness(f"uniformly {claim}", above, below, criteria or Criteria())


def _negated(logs: Logs) -> Logs:
    return {n: -v for n, v in logs.items()}


def _mirrored(line: LevelSlope) -> LevelSlope:
    """The slope of a quantile of f/||M||, turned into that of ||M||/f."""
    turned = [s and -s for s in (line.slope, line.late)]
    return LevelSlope(round(1 - line.level, 12), line.widths, turned[0], turned[1], line.note)
