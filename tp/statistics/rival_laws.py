"""Rival laws: laws that would look the same as the predicted power of n at the measured widths."""

from __future__ import annotations

import numpy as np

from tp.statistics.corrections import FORMS, RISING, SHARES, Centres, corrections, misfit
from tp.statistics.intervals import Floats

ODDS = 1000.0
"""The likelihood ratio from which one law is preferred to another.

If the other law is true, the ratio ever reaches this with probability 1/1000 at most, however often it is computed
(Ville's inequality; exact for two given laws, approximate for families).
"""
BEGUN = 0.75
"""The two terms of a rival must become equal within this fraction of the range of log n, from the smallest width.

Rivals whose terms become equal at larger widths are not tried: no data at these widths exclude them.
"""


def floor_misfit(data: Centres, exponent: float) -> float:
    """The least misfit of n^exponent as a floor: the law n^exponent (1 + c n^-q)^r, c > 0, for all forms (q, r).

    The floor overtakes the other term within :data:`BEGUN`. Misfits are sums of squares over variances.
    """
    return min(_at(data, exponent, shifts) for shifts in _begun(data))


def slow_misfit(data: Centres, exponent: float) -> float:
    """The least misfit of n^exponent with a correction, with a factor log n, or with a slower decay at small widths.

    The last is n^exponent / (1 + c n^-q)^k with q = 1/2 or 1, k = 1 or, for q = 1, 2. There c n^-q reaches 1 within
    :data:`BEGUN`.
    """
    half, whole, _ = _begun(data)
    rows = [*corrections(data, SHARES), -half, -whole, -2 * whole]
    if data.logs[0] > 0:
        rows.append(np.log(data.logs)[None, :])
    return min(_at(data, exponent, shifts) for shifts in rows)


def _begun(data: Centres) -> list[Floats]:
    """Logs of corrections (1 + c n^-q)^r with c n^-q = 1 within :data:`BEGUN`, for each of the forms."""
    reach = BEGUN * (data.logs[-1] - data.logs[0])
    pairs = zip(FORMS, corrections(data, RISING), strict=True)
    return [shifts[np.exp(q * reach) >= RISING] for (q, _), shifts in pairs]


def _at(data: Centres, exponent: float, shifts: Floats) -> float:
    return float(misfit(data.values - exponent * data.logs - shifts, 1 / data.variances).min())
