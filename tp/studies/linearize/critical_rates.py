"""Critical learning rates: η_the, up to which correlations are at most 1 (theorem 3.1), and η_cor (corollary 4.0.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np

from tp.asymptotics.verdict import Estimate
from tp.experiments.training.observables import STEEPEST
from tp.quantities.names import parse
from tp.sampling.sweep import Samples
from tp.studies.judging import QuantityResult

CONFIDENCE, DEVIATIONS = 0.99, 2.576
"""A normal interval: how many standard deviations it reaches."""


@dataclass(frozen=True, slots=True)
class Critical:
    """At width ``n``, in units of the learning rates of the program.

    ``the``: the largest η with η^{D/2+d} |C^{D,d}| <= 1 for all C that were measured, and the one that ``binds``.
    ``cor``: 2 / K_0(x, x) for the sample with the largest kernel (median over runs), beyond which single steps on it
    overshoot more and more. None where it was not measured.
    """

    n: int
    the: Estimate | None
    binds: str | None
    cor: Estimate | None


def critical(left: Sequence[QuantityResult], samples: Samples) -> tuple[Critical, ...]:
    """By width: from typical sizes of the correlations ``left``, and from ``samples`` of runs."""
    the: dict[int, tuple[Estimate, str]] = {}
    for q in left:
        for n, found in _largest_rates(q).items():
            if n not in the or found.value < the[n][0].value:
                the[n] = (found, q.name)
    steepest = samples.get(STEEPEST, {})
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
        n: Estimate(
            exp(-value / order),
            exp(-(value + DEVIATIONS * sqrt(variance)) / order),
            exp(-(value - DEVIATIONS * sqrt(variance)) / order),
            CONFIDENCE,
        )
        for n, value, variance in found
    }


def _cor(steepest: np.ndarray) -> Estimate | None:
    """2 / median, with the order statistics around it."""
    values = np.sort(steepest)
    if not np.isfinite(values).all() or values[0] <= 0:
        return None
    count = len(values)
    reach = DEVIATIONS * sqrt(count) / 2
    low, high = (int(np.clip(round(count / 2 + side * reach), 0, count - 1)) for side in (-1, 1))
    return Estimate(2 / float(np.median(values)), 2 / float(values[high]), 2 / float(values[low]), CONFIDENCE)
