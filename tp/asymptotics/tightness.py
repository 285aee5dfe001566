"""Is a positive random variable R_n = O(1): the test behind every bound."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tp.asymptotics.levels import DRIFT, Fate, fate, share_falls
from tp.asymptotics.profile import BEYOND, Criteria, Profile, estimate, profiles, reached
from tp.asymptotics.tensors import Floats
from tp.asymptotics.verdict import LevelSlope, Verdict

Logs = dict[int, Floats]
LOWEST = 0.1
"""The quantile that large draws are told apart from."""
FAR = (10, 5)
"""Draws beyond quantiles that raise doubts but decide nothing."""
RISE = 0.02
"""Slopes that rise with the level by less than this, from the last but one to the highest, are one slope."""


@dataclass(frozen=True, slots=True)
class Tightness:
    """The verdict on R_n = O(1), with its reason; ``unseen`` is the probability beyond the quantiles it rests on."""

    verdict: Verdict
    reason: str
    evidence: tuple[LevelSlope, ...]
    unseen: float


def tightness(confirming: Logs, refuting: Logs, criteria: Criteria) -> Tightness:
    """The test of R_n = O(1) from samples of log R_n that are at least (``confirming``), at most (``refuting``) it.

    A quantile bounds the lower ones, so the highest level decides, and a level counts as unbounded only
    below levels that are not bounded. Raises ValueError without a level of 1/2 or more.
    """
    high = [q for q in criteria.levels if q >= 0.5]
    if not high:
        raise ValueError("a bound needs a quantile of 1/2 or beyond")
    count = smallest(confirming)
    used = [q for q in high if reached(q, count)]
    levels = [*used, *extra_level(used, count)]
    if not levels:
        return Tightness(Verdict.UNDECIDED, f"{count} draws do not reach the quantile {high[0]:g}", (), 1.0)
    sure, doubtful = (profiles(logs, [LOWEST, *levels]) for logs in (confirming, refuting))
    tests = len(levels) * len(sure)
    doubts = [] if used == high else [f"{count} draws do not reach the quantile {high[-1]:g}"]
    against: list[str] = []
    evidence: list[LevelSlope] = []
    for one, two in zip(sure, doubtful, strict=True):
        if not one.long_enough:
            doubts.append(f"{one.name} are fewer than 3 or span less than a factor of 8")
            continue
        lines = [fate(one, k, criteria, tests) for k in range(1, len(levels) + 1)]
        other = lines if confirming is refuting else [fate(two, k, criteria, tests) for k in range(1, len(levels) + 1)]
        evidence += [line for _, line in lines]
        bounded = max([k for k, (found, _) in enumerate(lines) if found is Fate.BOUNDED], default=-1)
        for k, (found, line) in enumerate(other):
            if found is Fate.UNBOUNDED and k > bounded:
                falling = share_falls(two, k + 1, refuting, criteria.margin)
                if falling is None:
                    against.append(f"the quantile {line.level:g} outgrows it ({_text(line)}, {one.name})")
                    break
                doubts.insert(0, "large draws become fewer, {:.2g} to {:.2g} of all".format(*falling))
        doubts += far_tail(one, confirming, criteria.margin, 2 * criteria.margin)
        for k, (_, line) in enumerate(lines):
            if k > bounded and (k < len(used) or not _harmless(line, criteria)):
                doubts.append(f"the quantile {line.level:g} is unclear ({_text(line)}, {one.name})")
    if against:
        return Tightness(Verdict.REFUTED, against[0], tuple(evidence), 1 - levels[-1])
    if doubts:
        return Tightness(Verdict.UNDECIDED, doubts[0], tuple(evidence), 1 - levels[-1])
    classes = " and ".join(p.name for p in sure)
    reason = f"the quantile {used[-1]:g} and all below stay within n^{criteria.margin:g} of it, {classes}"
    return Tightness(Verdict.CONFIRMED, reason, tuple(evidence), 1 - used[-1])


def attained(logs: Logs, criteria: Criteria) -> bool:
    """Is, for each parity, some quantile of R_n bounded from below, by draws that do not become fewer?"""
    levels = [q for q in criteria.levels if reached(q, smallest(logs))]
    mirrored = sorted(round(1 - q, 12) for q in levels)
    if not levels:
        return False
    rising, falling = profiles(logs, [LOWEST, *levels]), profiles({n: -v for n, v in logs.items()}, mirrored)
    for up, down in zip(rising, falling, strict=True):
        last = len(levels) - 1
        found = [k for k in range(len(levels)) if fate(down, last - k, criteria)[0] is Fate.BOUNDED]
        if not up.long_enough or not any(share_falls(up, k + 1, logs, criteria.margin) is None for k in found):
            return False
    return True


def all_fall(falling: Logs, criteria: Criteria) -> str | None:
    """The parity for which every quantile of R_n tends to 0: the highest one that the sample reaches does."""
    count = smallest(falling)
    if not reached(max(criteria.levels), count):
        return None
    for p in profiles(falling, [min(BEYOND / count, round(1 - max(criteria.levels), 12))]):
        if p.long_enough and fate(p, 0, criteria)[0] is Fate.UNBOUNDED:
            return p.name
    return None


def still_rises(logs: Logs, criteria: Criteria) -> tuple[float, float] | None:
    """The slopes of the last but one and of the highest quantile that the sample reaches, if steeper with each level.

    Then a higher level may give a larger exponent again, and there may be no definite bound: for M_n = n^U, U uniform
    on [0, 1], every quantile has its own exponent.
    """
    count = smallest(logs)
    used = [q for q in criteria.levels if reached(q, count)]
    levels = ([*used, *extra_level(used, count)])[-3:]
    if len(levels) < 3:
        return None
    for p in profiles(logs, levels):
        if p.long_enough and all(p.finite(k) for k in range(3)) and _steeper(p, criteria.confidence):
            return p.slope(0)[0], p.slope(2)[0]
    return None


def _steeper(p: Profile, confidence: float) -> bool:
    slopes = [p.slope(k) for k in range(3)]
    steps = [estimate((b[0] - a[0], b[1] - a[1]), confidence) for a, b in pairwise(slopes)]
    return all(step.low > 0 for step in steps) and slopes[2][0] - slopes[0][0] > RISE


def extra_level(used: list[float], count: int) -> list[float]:
    """The highest quantile with enough draws beyond it, where that is above the ones used."""
    top = 1 - BEYOND / count
    return [top] if top > max([*used, 0.5]) + 1e-9 else []


def far_tail(p: Profile, logs: Logs, low: float, value: float) -> list[str]:
    """A doubt where a quantile with very few draws beyond it grows faster than n^low, by a slope above ``value``."""
    count = smallest(logs)
    levels = [q for k in FAR if (q := 1 - k / count) > p.levels[-1]]
    for far in profiles({n: logs[n] for n in p.widths}, levels) if levels else []:
        for k, level in enumerate(levels):
            if far.finite(k):
                found = estimate(far.slope(k), DRIFT)
                if found.low > low and found.value > value:
                    return [f"the quantile {level:g} may grow faster, slope {found}; more draws would tell"]
    return []


def smallest(logs: Logs) -> int:
    """The least number of draws at a width."""
    return min(int(np.size(v)) for v in logs.values())


def _harmless(line: LevelSlope, criteria: Criteria) -> bool:
    """May the highest quantile of the sample, whose interval is always wide, be ignored?"""
    return line.slope is not None and line.slope.low <= criteria.margin and line.slope.value <= 2 * criteria.margin


def _text(line: LevelSlope) -> str:
    return line.note if line.slope is None else f"slope {line.slope}"
