"""The law of independent numbers, by tests. All tests together reject a law that holds once in about 10^5 weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import sqrt
from typing import Any, cast

import numpy as np

from tp.imports.laws.quantiles import Fit
from tp.laws.truncated_normal import deviation as truncated_deviation
from tp.ndarray import NDArray

Floats = NDArray[np.float64]

CELLS = 256
LEVEL = 1e-6
"""How often a law is rejected that holds. One that does not hold is found by a chi-squared test on equal cells."""
SIGMAS = 5.0
"""How many deviations a number may be off."""
SEPARATE = 40.0
"""From this number of degrees of freedom on, Student's law counts as the normal law."""


def told(values: Floats) -> list[Fit]:
    """The laws that independent ``values`` may be of, with numbers that are known up to ``Fit.error``."""
    distinct = np.unique(values[:4096])
    mean, deviation = float(values.mean()), float(values.std())
    error = SIGMAS / sqrt(len(values))
    if len(distinct) == 2:
        low, high = distinct
        half = abs((values == low).mean() - 0.5) * 2.0 < error
        known = np.isin(values, distinct).all()
        return [Fit("rademacher", _zero(float(low + high) / 2, 1e-9), float(high - low) / 2)] if half and known else []
    if len(distinct) < 64:
        return []
    found: list[Fit] = []
    for law, extra, cumulative, relative in _candidates(values, mean, deviation):
        share = np.clip(cumulative((values - mean) / deviation), 0.0, 1.0 - 1e-12)
        if _rejected(np.bincount((share * CELLS).astype(int), minlength=CELLS), len(values)):
            continue
        found.append(Fit(law, _zero(mean, error * deviation), deviation, extra, error * relative))
    return found


def _zero(value: float, error: float) -> float:
    return 0.0 if abs(value) <= error else value


def _rejected(counts: Any, number: int) -> bool:
    from scipy.stats import chi2

    statistic = float(((counts - number / CELLS) ** 2).sum() * CELLS / number)
    return statistic > float(chi2.isf(LEVEL, CELLS - 1))


def _candidates(
    values: Floats, mean: float, deviation: float
) -> Iterator[tuple[str, tuple[float, ...], Callable[[Floats], Floats], float]]:
    """(law, its further arguments, distribution function at variance 1, relative error of a deviation times sqrt N)."""
    from scipy.special import ndtr

    yield "normal", (), lambda x: np.asarray(ndtr(x)), 0.71
    yield "uniform", (), lambda x: np.clip(0.5 + x / sqrt(12.0), 0.0, 1.0), 0.45
    yield "laplace", (), lambda x: np.where(x < 0, np.exp(sqrt(2.0) * x) / 2, 1 - np.exp(-sqrt(2.0) * x) / 2), 1.12
    yield "exponential", (), lambda x: -np.expm1(-np.maximum(x + 1.0, 0.0)), 1.42
    reach = float(np.abs(values - mean).max()) / deviation
    if (cut := _cut(reach)) is not None:
        low, size = float(ndtr(-cut)), truncated_deviation(cut)
        yield "truncated_normal", (cut,), lambda x: (np.asarray(ndtr(x * size)) - low) / (1.0 - 2.0 * low), 0.71
    if (freedom := _freedom((values - mean) / deviation)) is not None:
        from scipy.special import stdtr

        ratio, kurtosis = sqrt(freedom / (freedom - 2.0)), 3.0 + 6.0 / max(freedom - 4.0, 0.05)
        yield "student_t", (freedom,), lambda x: np.asarray(stdtr(freedom, x * ratio)), sqrt((kurtosis - 1.0) / 4.0)


def _cut(reach: float) -> float | None:
    """The cut of a normal law whose largest value is ``reach`` deviations; None where it is not known from it."""
    from scipy.optimize import brentq

    least, most = 0.5, 4.0
    if not least / truncated_deviation(least) < reach < most / truncated_deviation(most):
        return None

    def missing(cut: float) -> float:
        return cut / truncated_deviation(cut) - reach

    cut = float(cast(float, brentq(missing, least, most)))
    return next((round(cut, d) for d in (0, 1) if abs(round(cut, d) - cut) < 1e-3 * cut), cut)


def _freedom(x: Floats) -> float | None:
    """The degrees of freedom of Student's law with the largest likelihood, a multiple of 1/2 where one is near."""
    from scipy.optimize import minimize
    from scipy.special import gammaln

    def surprise(at: Floats) -> float:
        df, scale = 2.0 + np.exp(at[0]), np.exp(at[1])
        constant = gammaln((df + 1) / 2) - gammaln(df / 2) - np.log(df * np.pi) / 2 - np.log(scale)
        return float((df + 1) / 2 * np.log1p((x / scale) ** 2 / df).mean() - constant)

    best = minimize(surprise, np.array([1.0, -0.3]), method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-10})
    df = 2.0 + float(np.exp(best.x[0]))
    if df > SEPARATE:
        return None
    # Within half a unit of log-likelihood around the best number lies one deviation.
    near = round(2.0 * df) / 2.0
    off = (surprise(np.array([np.log(near - 2.0), best.x[1]])) - float(best.fun)) * len(x) if near > 2.0 else np.inf
    return near if off < SIGMAS**2 * 4 else df
