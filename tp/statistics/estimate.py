"""A number with its confidence interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LEVEL = 0.99
"""The probability with which all intervals of one table together cover their true values."""
ROUNDING = 1e-9
"""Added to both ends of intervals of exponents of n. Rounding errors of exponents are smaller."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval [``low``, ``high``] at ``confidence``, which lies between 0 and 1.

    For slopes the number is an exponent of n, dimensionless. :mod:`tp.statistics.intervals` computes intervals.
    """

    value: float
    low: float
    high: float
    confidence: float

    @property
    def half_width(self) -> float:
        """Half the length of the interval."""
        return (self.high - self.low) / 2

    def within(self, low: float, high: float) -> bool:
        """Whether the whole interval lies in [low, high]."""
        return low <= self.low and self.high <= high

    def mapped(self, function: Callable[[float], float]) -> Estimate:
        """The estimate of ``function`` of the number, for a function that is monotone on the interval."""
        ends = sorted((function(self.low), function(self.high)))
        return Estimate(function(self.value), ends[0], ends[1], self.confidence)

    def __neg__(self) -> Estimate:
        return Estimate(-self.value, -self.high, -self.low, self.confidence)

    def __str__(self) -> str:
        return f"{self.value:z.2f} [{self.low:z.2f}, {self.high:z.2f}] at {self.confidence:.1%}"
