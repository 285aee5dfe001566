"""The words for what samples say of a prediction or of a bound, and a verdict with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tp.statistics.more import More

MARGIN = 0.2
"""How far the interval of an exponent may reach from a prediction; less than half of 1/2, the usual distance."""


class Verdict(Enum):
    """Loose: what is bounded is of smaller order than the bound. Undecided: too few samples, or they say two things."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    LOOSE = "loose"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason, and what ``more`` might decide where it is open.

    Confirmed predictions ask for larger widths, too: a term of larger order may show there. ``unseen`` is the
    probability of events that are too rare for the draws: the verdict says nothing of them.
    """

    verdict: Verdict
    reason: str
    more: More = More.NOTHING
    unseen: float = 1.0
