"""Whether a positive random variable R_n is O(1): the evidence for every bound, from samples alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tp.asymptotics.criteria import Criteria
from tp.asymptotics.finding import Finding, LevelSlope
from tp.asymptotics.levels import DRIFT, quantile_course, share_falls
from tp.asymptotics.parity import Logs, draws, profiles
from tp.statistics.bound import Course, Doubt, Fate, QuantileCourse, upper_bound
from tp.statistics.quantile_profile import QuantileProfile
from tp.statistics.quantiles import supported, unseen
from tp.statistics.rare_events import FASTER, SURELY, growing_share, supported_share, tail
from tp.statistics.verdict import Verdict

LOWEST = 0.1
"""The level of the quantile that large draws are compared with."""
FAR = (10, 5)
"""Quantiles with this many draws beyond them raise doubts but decide nothing."""
RISE = 0.02
"""Slopes at the three highest levels count as equal where they rise by no more than this."""


def tightness(claim: str, confirming: Logs, refuting: Logs, criteria: Criteria) -> Finding:
    """The test of a ``claim`` R_n = O(1) from samples of upper (``confirming``) and lower bounds of log R_n.

    :func:`tp.statistics.bound.upper_bound` decides, for even and odd widths apart, from the courses of quantiles.
    Besides the levels of the criteria, the highest level that the draws support is used. Raises ValueError where no
    level of the criteria is 1/2 or more.
    """
    high = [q for q in criteria.levels if q >= 0.5]
    if not high:
        raise ValueError("a bound needs a quantile of 1/2 or beyond")
    count = draws(confirming)
    used = [q for q in high if supported(q, count)]
    levels = [*used, *extra_level(used, count)]
    if not levels:
        return Finding(Verdict.UNDECIDED, claim, f"{count} draws do not reach the quantile {high[0]:g}", (), 1.0)
    sure, doubtful = (profiles(logs, [LOWEST, *levels]) for logs in (confirming, refuting))
    tests = len(levels) * len(sure)
    doubts = [] if used == high else [f"{count} draws do not reach the quantile {high[-1]:g}"]
    against: list[str] = []
    evidence: list[LevelSlope] = []
    shares: list[float] = []
    for one, two in zip(sure, doubtful, strict=True):
        if not one.long_enough:
            doubts.append(f"{one.name} are fewer than 3 or span less than a factor of 8")
            continue
        lines, courses = _courses(one, confirming, criteria, tests, len(used))
        evidence += lines
        others, other = (lines, courses)
        if confirming is not refuting:
            others, other = _courses(two, refuting, criteria, tests, len(used))
        verdict, q = upper_bound(courses, other)
        place = levels.index(q.level)
        rare = rare_draws(one, confirming, criteria.margin)
        doubts += [*far_tail(one, confirming, criteria.margin, 2 * criteria.margin), *rare.doubts]
        shares.append(rare.share)
        if verdict is Verdict.REFUTED:
            against.append(f"the quantile {q.level:g} grows faster ({_text(others[place])}, {one.name})")
        elif verdict is Verdict.UNDECIDED:
            doubts.append(f"the quantile {q.level:g} is unclear ({_text(lines[place])}, {one.name})")
            fewer = [k for k in range(place, len(levels)) if other[k].course.doubt is Doubt.FEWER]
            falls = [share_falls(two, k + 1, refuting, criteria.margin) for k in fewer]
            doubts = ["large draws become fewer, {:.2g} to {:.2g} of all".format(*f) for f in falls[::-1] if f] + doubts
    if against:
        return Finding(Verdict.REFUTED, claim, against[0], tuple(evidence), 1 - levels[-1])
    if doubts:
        return Finding(Verdict.UNDECIDED, claim, doubts[0], tuple(evidence), 1 - levels[-1])
    classes = " and ".join(p.name for p in sure)
    share = min(max(shares), 1 - used[-1])
    reason = f"the quantile {used[-1]:g} grows less than n^{criteria.margin:g} times the bound, {classes}"
    reason = f"{reason}, up to events rarer than 1 in {round(1 / share)}"
    return Finding(Verdict.CONFIRMED, claim, reason, tuple(evidence), share)


@dataclass(frozen=True, slots=True)
class Rare:
    """What rare draws say of R_n = O(1): ``doubts``, and the least probability down to which they support it."""

    doubts: tuple[str, ...]
    share: float


def rare_draws(p: QuantileProfile, logs: Logs, margin: float) -> Rare:
    """The draws of all widths together, which have rarer events than those of one width (rare_events)."""
    found = tail([np.sort(logs[n]) for n in p.widths], np.zeros(len(p.widths)), p.log_widths)
    growing = growing_share(found, margin + SURELY)
    doubts = () if growing is None else (f"about 1 in {round(1 / growing)} draws grows faster; more draws would tell",)
    return Rare(doubts, supported_share(found, margin + FASTER) or 1.0)


def _courses(
    p: QuantileProfile, logs: Logs, criteria: Criteria, tests: int, used: int
) -> tuple[list[LevelSlope], list[QuantileCourse]]:
    """Slopes and courses of all levels but :data:`LOWEST`; those after the ``used`` ones may stay unclear.

    A quantile that is unbounded only because of large draws that become fewer is unclear.
    """
    lines: list[LevelSlope] = []
    courses: list[QuantileCourse] = []
    for k in range(1, len(p.levels)):
        found, line = quantile_course(p, k, criteria, tests)
        if found.fate is Fate.UNBOUNDED and share_falls(p, k, logs, criteria.margin) is not None:
            found = Course(Fate.UNCLEAR, Doubt.FEWER)
        lines.append(line)
        courses.append(QuantileCourse(line.level, found, harmless=k > used and _harmless(line, criteria)))
    return lines, courses


def is_attained(logs: Logs, criteria: Criteria) -> bool:
    """Whether, for each parity, some quantile of R_n is bounded from below, by draws that do not become fewer."""
    levels = [q for q in criteria.levels if supported(q, draws(logs))]
    mirrored = sorted(round(1 - q, 12) for q in levels)
    if not levels:
        return False
    rising, falling = profiles(logs, [LOWEST, *levels]), profiles({n: -v for n, v in logs.items()}, mirrored)
    for up, down in zip(rising, falling, strict=True):
        if not up.long_enough:
            return False
        last = len(levels) - 1
        bounded = [k for k in range(len(levels)) if quantile_course(down, last - k, criteria)[0].fate is Fate.BOUNDED]
        if not any(share_falls(up, k + 1, logs, criteria.margin) is None for k in bounded):
            return False
    return True


def all_fall(falling: Logs, criteria: Criteria) -> str | None:
    """The parity of widths for which the highest quantile of R_n that the draws support tends to 0; None for neither.

    ``falling`` are samples of -log R_n.
    """
    count = draws(falling)
    if not supported(max(criteria.levels), count):
        return None
    for p in profiles(falling, [min(unseen(count), round(1 - max(criteria.levels), 12))]):
        if p.long_enough and quantile_course(p, 0, criteria)[0].fate is Fate.UNBOUNDED:
            return p.name
    return None


def still_rises(logs: Logs, criteria: Criteria) -> tuple[float, float] | None:
    """The first and last slopes of the three highest quantiles that the draws support, if they rise with the level.

    Then a still higher level may have a larger exponent, and there may be no definite bound: for M_n = n^U, U uniform
    on [0, 1], every quantile has its own exponent.
    """
    count = draws(logs)
    used = [q for q in criteria.levels if supported(q, count)]
    levels = ([*used, *extra_level(used, count)])[-3:]
    if len(levels) < 3:
        return None
    for p in profiles(logs, levels):
        if p.long_enough and all(p.finite(k) for k in range(3)) and _steeper(p, criteria.confidence):
            return p.slope(0).value, p.slope(2).value
    return None


def _steeper(p: QuantileProfile, confidence: float) -> bool:
    slopes = [p.slope(k) for k in range(3)]
    steps = [(b - a).interval(confidence) for a, b in pairwise(slopes)]
    return all(step.low > 0 for step in steps) and slopes[2].value - slopes[0].value > RISE


def extra_level(used: list[float], count: int) -> list[float]:
    """The highest quantile that ``count`` draws support, where that is above the ones used."""
    top = 1 - unseen(count)
    return [top] if top > max([*used, 0.5]) + 1e-9 else []


def far_tail(p: QuantileProfile, logs: Logs, low: float, value: float) -> list[str]:
    """A doubt where a quantile with very few draws beyond it grows faster than n^low, by a slope above ``value``."""
    count = draws(logs)
    levels = [q for k in FAR if (q := 1 - k / count) > p.levels[-1]]
    for far in profiles({n: logs[n] for n in p.widths}, levels) if levels else []:
        for k, level in enumerate(levels):
            if far.finite(k):
                found = far.slope(k).interval(DRIFT)
                if found.low > low and found.value > value:
                    return [f"the quantile {level:g} may grow faster, slope {found}; more draws would tell"]
    return []


def _harmless(line: LevelSlope, criteria: Criteria) -> bool:
    """Whether the highest quantile that the draws support, whose interval is always long, may be ignored."""
    return line.slope is not None and line.slope.low <= criteria.margin and line.slope.value <= 2 * criteria.margin


def _text(line: LevelSlope) -> str:
    return line.note if line.slope is None else f"slope {line.slope}"
