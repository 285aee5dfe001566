"""Rival laws: those that would look the same as a power of n at the widths at hand."""

from __future__ import annotations

import numpy as np

from tp.statistics.corrections import FORMS, RISING, SHARES, Centres, corrections, misfit
from tp.statistics.intervals import Floats

ODDS = 1000.0
"""A law is preferred to another where the data are this many times likelier under it.

However often one looks before one stops, data that follow the other law come out so in at most one of 1000 cases
(Ville's inequality; exactly for two given laws, about for families of them).
"""
BEGUN = 0.75
"""A rival with two terms counts if they are equal within this part of the widths, from the smallest, in log n.

Data at these widths cannot exclude a rival whose terms become equal at larger widths.
"""


def floor_misfit(data: Centres, exponent: float) -> float:
    """The least misfit of n^exponent as a floor: added to a term that falls faster, and that it has overtaken.

    Where it has overtaken it is limited by :data:`BEGUN`. Misfits are sums of squares over variances.
    """
    return min(_at(data, exponent, shifts) for shifts in _begun(data))


def slow_misfit(data: Centres, exponent: float) -> float:
    """The least misfit of n^exponent with any correction, with a factor log n, or after a slower decay.

    The slower decay is n^exponent / (1 + c n^-q) or its square, and it has ended within :data:`BEGUN` of the widths.
    """
    half, whole, _ = _begun(data)
    rows = [*corrections(data, SHARES), -half, -whole, -2 * whole]
    if data.logs[0] > 0:
        rows.append(np.log(data.logs)[None, :])
    return min(_at(data, exponent, shifts) for shifts in rows)


def _begun(data: Centres) -> list[Floats]:
    """Logs of corrections whose terms are equal in the first :data:`BEGUN` of the widths, for each of the forms."""
    reach = BEGUN * (data.logs[-1] - data.logs[0])
    pairs = zip(FORMS, corrections(data, RISING), strict=True)
    return [shifts[np.exp(q * reach) >= RISING] for (q, _), shifts in pairs]


def _at(data: Centres, exponent: float, shifts: Floats) -> float:
    return float(misfit(data.values - exponent * data.logs - shifts, 1 / data.variances).min())
