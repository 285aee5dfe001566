"""Critical learning rates: η_the, up to which correlations are at most 1 (theorem 3.1), and η_cor (corollary 4.0.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from jaxtyping import Float

from tp.experiments.training.observables import STEEPEST, Observable, Records
from tp.ndarray import NDArray
from tp.quantities.definitions import parse
from tp.statistics.estimate import Estimate
from tp.statistics.intervals import median_interval, normal_interval
from tp.studies.judging import QuantityResult

CONFIDENCE = 0.99


@dataclass(frozen=True, slots=True)
class Critical:
    """At width ``n``, in units of the learning rates of the program.

    ``the`` is η_the, the largest η with η^{D/2+d} |C^{D,d}| <= 1 for all C that were measured, and ``binds`` the name
    of the C that is 1 there. ``cor`` is η_cor = 2 / K_0(x, x) for the sample with the largest kernel (median over
    runs): with a larger rate, steps of the squared cost on it overshoot more and more. None where it was not measured.
    """

    n: int
    the: Estimate | None
    binds: str | None
    cor: Estimate | None


def critical(left: Sequence[QuantityResult], records: Records) -> tuple[Critical, ...]:
    """By width: from typical sizes of the correlations ``left``, and from the ``records`` of runs."""
    the: dict[int, tuple[Estimate, str]] = {}
    for q in left:
        for n, found in _largest_rates(q).items():
            if n not in the or found.value < the[n][0].value:
                the[n] = (found, q.name)
    steepest = records.get(Observable(STEEPEST), {})
    rows: list[Critical] = []
    for n in sorted({*the, *steepest}):
        found, binds = the.get(n, (None, None))
        rows.append(Critical(n, found, binds, _cor(steepest[n]) if n in steepest else None))
    return tuple(rows)


def _largest_rates(q: QuantityResult) -> dict[int, Estimate]:
    """By width, the η at which η^{D/2+d} times the typical size is 1."""
    if q.fit is None or q.fit.centres is None:
        return {}
    quantity = parse(q.name)
    order = quantity.free / 2 + quantity.contracted
    widths = [n for n in q.fit.widths if n >= q.fit.start]
    found = zip(widths, q.fit.centres.values, q.fit.centres.variances, strict=True)
    return {
        n: normal_interval(value, sqrt(variance), CONFIDENCE).mapped(lambda log_size: exp(-log_size / order))
        for n, value, variance in found
    }


def _cor(steepest: Float[NDArray[np.float64], " runs"]) -> Estimate | None:
    """2 / median; None where some kernel is not positive and finite."""
    if not np.isfinite(steepest).all() or steepest.min() <= 0:
        return None
    return median_interval(steepest, CONFIDENCE).mapped(lambda kernel: 2 / kernel)
