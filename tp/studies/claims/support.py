"""What a measurement says of one inequality of a claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tp.claims.inequality import Inequality
from tp.statistics.estimate import ROUNDING
from tp.statistics.verdict import MARGIN, Judgement, Verdict

if TYPE_CHECKING:
    from tp.statistics.fit import Fit


@dataclass(frozen=True, slots=True)
class Measured:
    """The fit and the judgement of one quantity."""

    fit: Fit
    judgement: Judgement


def supports(part: Inequality, measured: Measured, *, negated: bool) -> bool:
    """Whether the prediction is confirmed or, for an upper bound, the measured interval lies within the bound."""
    if measured.judgement.verdict is Verdict.CONFIRMED:
        return True
    if negated or part.relation != "O" or measured.judgement.verdict is Verdict.REFUTED:
        return False
    if measured.judgement.verdict is Verdict.CONSISTENT:
        return True
    late = measured.fit.late
    within = late is not None and max(late.overall.high, late.upper.value) <= float(part.exponent) + ROUNDING
    return measured.fit.vanishes or within


def violates(part: Inequality, fit: Fit) -> bool:
    """Whether the fit of a refuted prediction violates ``part``: always for ``zero``, else by the whole interval."""
    if part.relation == "zero":
        return True
    return fit.slopes is not None and fit.slopes.overall.low > float(part.exponent) + MARGIN
