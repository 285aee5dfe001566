"""What a statistical test says: confirmed, refuted or undecided, with a reason and the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """Undecided is what a sample that is too small, or says two things, leads to."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number (for slopes: an exponent of n, dimensionless) with its interval at the stated confidence."""

    value: float
    low: float
    high: float
    confidence: float

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2

    def within(self, low: float, high: float) -> bool:
        """Does the whole interval lie in [low, high]?"""
        return low <= self.low and self.high <= high

    def __str__(self) -> str:
        return f"{self.value:z.2f} [{self.low:z.2f}, {self.high:z.2f}] at {self.confidence:.1%}"


@dataclass(frozen=True, slots=True)
class LevelSlope:
    """The exponent of one quantile, along widths of one parity.

    ``slope`` is over all widths and ``late`` over the larger half; None where the quantile is 0 or infinite at some.
    ``note`` says what was concluded of it.
    """

    level: float
    widths: str
    slope: Estimate | None
    late: Estimate | None
    note: str

    def __str__(self) -> str:
        return f"quantile {self.level:g}, {self.widths}: {self.slope or 'no slope'}, {self.note}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on a claim. ``unseen`` is the probability of events too rare for the quantiles looked at.

    It has no truth value (TypeError), since there are three verdicts.
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
