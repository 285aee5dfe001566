"""The finding of a test: confirmed, refuted or undecided, with a reason and the evidence."""

from __future__ import annotations

from dataclasses import dataclass

from tp.statistics.estimate import Estimate
from tp.statistics.quantile_profile import QuantileProfile
from tp.statistics.verdict import Verdict


@dataclass(frozen=True, slots=True)
class LevelSlope:
    """The exponent of one quantile, along widths of one parity.

    ``slope`` is over all widths and ``late`` over the larger half; both are None where the quantile is 0 or infinite at
    some width. ``note`` is the conclusion from them.
    """

    level: float
    widths: str
    slope: Estimate | None
    late: Estimate | None
    note: str

    @classmethod
    def of(cls, profile: QuantileProfile, level: int, confidence: float, note: str) -> LevelSlope:
        """The slopes of the quantile at position ``level`` of the profile, with intervals at ``confidence``."""
        if not profile.finite(level):
            return cls(profile.levels[level], profile.name, None, None, "0 at some widths")
        slope, late = (profile.slope(level, part).interval(confidence) for part in (None, profile.upper_half))
        return cls(profile.levels[level], profile.name, slope, late, note)

    def __str__(self) -> str:
        return f"quantile {self.level:g}, {self.widths}: {self.slope or 'no slope'}, {self.note}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on a claim. ``unseen`` is the probability of events too rare for the highest quantile used.

    ``bool`` of it raises TypeError, since there are three verdicts.
    """

    verdict: Verdict
    claim: str
    reason: str
    evidence: tuple[LevelSlope, ...] = ()
    unseen: float = 1.0

    def __bool__(self) -> bool:
        raise TypeError("a finding is confirmed, refuted or undecided: look at its verdict")

    def __str__(self) -> str:
        return f"{self.claim}: {self.verdict.value}; {self.reason}"
