"""Verdicts on a predicted exponent or on a bound, with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tp.statistics.more import More

MARGIN = 0.2
"""The farthest that the interval of a confirmed exponent reaches from the prediction, where exponents differ by 1/2."""
SHARE = 0.4
"""The same in general: this multiple of the distance of possible exponents. Below 1/2, so that no other one fits."""


class Verdict(Enum):
    """What samples say of a predicted exponent.

    Consistent: only an upper bound was predicted, and the quantity keeps to it. Loose: the quantity is of smaller order
    than predicted. Undecided: samples are too few, or contradictory.
    """

    CONFIRMED = "confirmed"
    CONSISTENT = "consistent"
    REFUTED = "refuted"
    LOOSE = "loose"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason, and what ``more`` might change it.

    Confirmed predictions ask for more reach: a term of larger order may show at larger widths. The verdict says nothing
    about events of a probability below ``unseen``, which are too rare for the draws. ``floor_only``: all that speaks
    against a confirmation is a floor, a larger term with a small prefactor that would look the same.
    """

    verdict: Verdict
    reason: str
    more: More = More.NOTHING
    unseen: float = 1.0
    floor_only: bool = False
