"""Other laws that would look the same at the widths at hand."""

from __future__ import annotations

import numpy as np

from tp.statistics.corrections import FORMS, RISING, SHARES, Centres, corrections, misfit
from tp.statistics.slopes import Floats

BEGUN = 0.75
"""A rival counts if its two terms are equal within this part of the widths, from the smallest, on the scale of log n.

What begins later no data exclude.
"""


def floor_misfit(data: Centres, exponent: float) -> float:
    """The least misfit of a floor: n^exponent under a term that falls faster, and that it has overtaken; see BEGUN."""
    return min(_at(data, exponent, shifts) for shifts in _begun(data))


def slow_misfit(data: Centres, exponent: float) -> float:
    """The least misfit of n^exponent with any correction, with a factor log n, or after a slower decay.

    The last is n^exponent / (1 + c n^-q) or its square, and it has ended; see BEGUN.
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
