"""Rival laws: laws that would look the same as the predicted power of n at the measured widths, and evidence for them.

A verdict rejects a family of laws, each of which might be the true one. It does so where the data are :data:`ODDS`
times likelier under an average over other laws, which is fixed beforehand, than under the likeliest law of the family.
Then a true law of the family is rejected with probability 1 / :data:`ODDS` at most, however often one looks: the ratio
to the true law is a martingale of mean 1, and the ratio to the likeliest law is not larger (Ville's inequality).
Likelihoods are normal, of logs of typical sizes with variances that are estimated; docs/measurement.md has the rate
that was measured.
"""

from __future__ import annotations

import numpy as np

from tp.statistics.corrections import BEGUN, FORMS, RISING, SHARES, Centres, averaged, corrections, misfit
from tp.statistics.intervals import Floats

ODDS = 1000.0
"""The ratio of likelihoods from which a family of laws is rejected."""
SLOW = 0.85
"""The same as BEGUN for laws that fall as predicted at large widths only, before a prediction is refuted."""
LOGARITHMS = (0.5, 1.0, 2.0, 3.0)
"""Powers of log n that a power of n may be multiplied by."""
STEPS = 6
"""How many larger exponents on the grid are alternatives, with the weights 1/2, 1/4, ..."""
RANGE_OF_POWERS = 4.0
"""Exponents of alternatives that are on no grid reach this far from the prediction, all equally likely."""


def floor_misfit(data: Centres, exponent: float) -> float:
    """The least misfit of n^exponent as a floor: the law n^exponent (1 + c n^-q)^r, c > 0, for all forms (q, r).

    The floor overtakes the other term within :data:`BEGUN`. Misfits are sums of squares over variances.
    """
    return min(float(_at(data, exponent, shifts).min()) for shifts in _begun(data))


def slow_misfit(data: Centres, exponent: float) -> float:
    """The least misfit of n^exponent with a correction, with powers of log n, or with a slower decay at small widths.

    The last is n^exponent / (1 + c n^-q)^k with q = 1/2 or 1 and k from 1/2 to 4. There c n^-q reaches 1 within
    :data:`SLOW`.
    """
    half, whole, _ = _begun(data, SLOW)
    rows = [*corrections(data, SHARES), _logarithms(data)]
    rows += [-k * shifts for k in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0) for shifts in (half, whole)]
    return min(float(_at(data, exponent, shifts).min()) for shifts in rows if len(shifts))


def law_misfit(data: Centres, exponent: float) -> float:
    """The misfit of n^exponent, averaged over what may come with it.

    The likelihood is 1/2 that of the power alone, 0.4 that of a power with a correction, averaged over all of them, and
    0.1 that of a power times a power of log n.
    """
    parts = [np.zeros((1, len(data.logs))), np.concatenate(list(corrections(data, SHARES))), _logarithms(data)]
    misfits = [averaged(_at(data, exponent, shifts)) for shifts in parts if len(shifts)]
    return _mixture(misfits, (0.5, 0.4, 0.1)[: len(misfits)])


def powers_misfit(data: Centres, low: float, high: float) -> float:
    """The misfit of powers of n, averaged over exponents from ``low`` to ``high`` and over corrections (or none)."""
    from scipy.special import ndtr  # loaded when something is measured: it takes 0.3 s

    weights = 1 / data.variances
    x = data.logs - weights @ data.logs / weights.sum()
    spread = 1 / float(weights @ x**2)
    found: list[float] = []
    for shifts in (np.zeros((1, len(x))), np.concatenate(list(corrections(data, SHARES)))):
        y = data.values - shifts
        slope = y @ (weights * x) * spread
        least = misfit(y - slope[:, None] * x, weights)
        inside = ndtr((high - slope) / spread**0.5) - ndtr((low - slope) / spread**0.5)
        mass = np.maximum(inside * (2 * np.pi * spread) ** 0.5 / (high - low), 1e-300)
        found.append(averaged(least - 2 * np.log(mass)))
    return _mixture(found, (0.5, 0.5))


def larger_misfit(data: Centres, exponent: float, grid: float) -> float:
    """The misfit of laws that are larger than n^exponent: the next exponents on the ``grid``, and all powers."""
    steps = [law_misfit(data, exponent + k * grid) for k in range(1, STEPS + 1)]
    weights = [0.5 ** (k + 1) for k in range(1, STEPS + 1)]
    return _mixture([*steps, powers_misfit(data, exponent, exponent + RANGE_OF_POWERS)], (*weights, 0.5))


def _mixture(misfits: list[float], weights: tuple[float, ...]) -> float:
    """The misfit that stands for the average of likelihoods exp(-misfit / 2) with these ``weights``."""
    terms = np.array(misfits)
    least = float(terms.min())
    return least - 2 * float(np.log(np.array(weights) @ np.exp(-(terms - least) / 2)))


def _logarithms(data: Centres) -> Floats:
    """Logs of powers of log n; no rows where a width is 1."""
    if data.logs[0] <= 0:
        return np.empty((0, len(data.logs)))
    return np.log(data.logs)[None, :] * np.array(LOGARITHMS)[:, None]


def _begun(data: Centres, part: float = BEGUN) -> list[Floats]:
    """Logs of corrections (1 + c n^-q)^r with c n^-q = 1 within a ``part`` of the range, for each of the forms."""
    reach = part * (data.logs[-1] - data.logs[0])
    pairs = zip(FORMS, corrections(data, RISING), strict=True)
    return [shifts[np.exp(q * reach) >= RISING] for (q, _), shifts in pairs]


def _at(data: Centres, exponent: float, shifts: Floats) -> Floats:
    return misfit(data.values - exponent * data.logs - shifts, 1 / data.variances)


def explained_misfit(data: Centres, exponent: float) -> float:
    """The least misfit of n^exponent times a power of log n."""
    rows = _logarithms(data)
    return float(_at(data, exponent, rows).min()) if len(rows) else float("inf")
