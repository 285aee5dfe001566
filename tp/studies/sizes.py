"""The size that is measured of a quantity: a number, and the power of n that it stands beside."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tp.statistics.estimate import ROUNDING
from tp.statistics.size import Size, size
from tp.statistics.verdict import Verdict
from tp.studies.judging import QuantityResult

HUNDREDTHS = 100
"""Measured exponents are taken to two decimals, so that what is printed is what was fitted."""


@dataclass(frozen=True, slots=True)
class Sized:
    """The ``size`` of a quantity at n^``exponent``: the ``predicted`` exponent, or the measured one."""

    size: Size
    exponent: Fraction
    predicted: bool


def sized(q: QuantityResult) -> Sized | None:
    """The size of ``q``; None where it vanishes or has no slope."""
    fit = q.fit
    if fit is None or fit.moments is None or fit.late is None:
        return None
    slope = fit.late.overall
    exponent = attained(q)
    power = Fraction(round(slope.value * HUNDREDTHS), HUNDREDTHS) if exponent is None else exponent
    found = size(fit.moments, float(power), slope.confidence)
    return None if found is None else Sized(found, power, exponent is not None)


def attained(q: QuantityResult) -> Fraction | None:
    """The predicted exponent, where it is attained by prediction and the measurement agrees; else None.

    An interval that excludes a confirmed exponent means a power of log n: then no number stands beside n^predicted.
    """
    slope = None if q.fit is None or q.fit.late is None else q.fit.late.overall
    if slope is None or not q.known or q.predicted is None or not q.exact:
        return None
    agrees = q.judgement.verdict in (Verdict.CONFIRMED, Verdict.UNDECIDED)
    within = slope.low - ROUNDING <= float(q.predicted) <= slope.high + ROUNDING
    return q.predicted if agrees and within else None
