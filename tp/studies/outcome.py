"""What may become of a claim."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"
