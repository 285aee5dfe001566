"""The size of a quantity Q of order n^e: c, the limit of the root mean square (or median) of n^-e Q.

It comes from samples at several widths. It is the root mean square where that is known: the standard deviation of the
limit law of n^-e Q where its mean vanishes, and the absolute value of its mean where its spread fades. Where few draws
make up the mean square, as with heavy tails, or where the mean square is not of order n^2e, it is the median of
n^-e |Q|.

Widths are finite, so what is measured is c and a term that fades. Sizes over n^e (and mean squares over n^2e) are
fitted by C + B n^-q for q = 1/2 and 1, by least squares with weights 1 / variance. The interval of c has every value
that some of these lines fit about as well as the best one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import exp, inf, log, sqrt

import numpy as np
from jaxtyping import Float

from tp.statistics.bound import LEAST_WIDTHS, RANGE
from tp.statistics.corrections import fits, smoothed
from tp.statistics.estimate import Estimate
from tp.statistics.intervals import Floats, deviations
from tp.statistics.quantile_profile import QuantileProfile

FADING = (0.5, 1.0)
"""Powers of 1/n with which the difference to the limit fades."""
ENOUGH = 80
"""A mean square counts as known where it is that of so many equal draws at least: (sum of Q^2)^2 / sum of Q^4."""
EACH = 3
"""The same at every width alone."""
MOST_DIGITS = 5
"""The most digits that are printed after the first one."""
_ROUNDS = 3
"""How often weights are worked out again from the line that was fitted with the last ones."""
_EXACT = 1e-7
"""The least relative standard error of one draw: weights are drawn in single precision."""
_LEAST = 0.05
"""Weights take the line to be at least this multiple of the largest value."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Draws of |Q| at ``widths``, ``counts`` of them: logs of medians, of root mean squares, and how they scatter.

    ``rms_scatter`` and ``median_scatter`` are relative variances of roots of mean squares and of medians, times the
    number of draws, as powers of n. ``known``: enough draws make up the mean squares.
    """

    widths: tuple[int, ...]
    counts: tuple[int, ...]
    log_medians: Float[Floats, " widths"]
    log_rms: Float[Floats, " widths"]
    median_scatter: Float[Floats, " widths"]
    rms_scatter: Float[Floats, " widths"]
    known: bool


@dataclass(frozen=True, slots=True)
class Line:
    """The least-squares line C + B n^-q through sizes to the power ``root``, 1 or 2.

    ``power`` is q, ``ends`` are (C, B), with their covariance. ``misfit`` is the sum of squares over variances.
    """

    root: int
    power: float
    ends: Float[Floats, " 2"]
    covariance: Float[Floats, "2 2"]
    misfit: float

    def at(self, n: float) -> tuple[float, float]:
        """The value of the line at width ``n``, which may be infinite, and its standard error."""
        x = np.array([1.0, 0.0 if n == inf else n**-self.power])
        return float(x @ self.ends), sqrt(max(0.0, float(x @ self.covariance @ x)))


@dataclass(frozen=True, slots=True)
class Size:
    """c n^``exponent`` is the size of a quantity: a root mean square (``squares``), or a median.

    ``lines`` are fitted to sizes over ``unit`` n^exponent, from the width ``start`` on.
    """

    exponent: float
    squares: bool
    unit: float
    start: int
    lines: tuple[Line, ...]
    confidence: float

    @property
    def statistic(self) -> str:
        return "root mean square" if self.squares else "median"

    @property
    def coefficient(self) -> Estimate:
        """c: the limit of the root mean square (or median of the absolute value) of n^-exponent Q, in units of Q."""
        return self._at(inf)

    def at(self, n: float) -> Estimate:
        """The size of the quantity itself at width ``n``."""
        return self._at(n).mapped(lambda value: value * n**self.exponent)

    def _at(self, n: float) -> Estimate:
        least = min(line.misfit for line in self.lines)
        best = min(self.lines, key=lambda line: line.misfit)
        ends: list[float] = []
        for line in self.lines:
            left = deviations(self.confidence) ** 2 - (line.misfit - least)
            if left >= 0:
                ends += (end ** (1 / line.root) for end in _reached(*line.at(n), sqrt(left)))
        value = max(best.at(n)[0], 0.0) ** (1 / best.root)
        found = Estimate(value, min(*ends, value), max(*ends, value), self.confidence)
        return found.mapped(lambda share: self.unit * share)


def moments(values: Iterable[Float[Floats, " draws"]], data: QuantileProfile) -> Moments:
    """From absolute ``values`` by width, in increasing order of width, and their quantiles: the first is the median."""
    log_medians, resampled = data.curve(0)
    ratios = [v / exp(m) if np.isfinite(m) else v for v, m in zip(values, log_medians, strict=True)]
    with np.errstate(all="ignore"):
        squares = np.array([np.mean(r**2) for r in ratios])
        kurtosis = np.array([np.mean(r**4) for r in ratios]) / squares**2
    counts = np.asarray(data.counts, dtype=np.float64)
    kurtosis = np.where(np.isfinite(kurtosis), kurtosis, counts)  # one draw makes up all of it
    exact = _EXACT**2
    return Moments(
        widths=data.widths,
        counts=data.counts,
        log_medians=log_medians,
        log_rms=log_medians + np.log(squares) / 2,
        median_scatter=smoothed(data, resampled.var(axis=1), exact),
        rms_scatter=smoothed(data, (kurtosis - 1) / (4 * counts), exact),
        known=bool((counts / kurtosis).min() >= EACH and counts.sum() ** 2 / (counts @ kurtosis) >= ENOUGH),
    )


def size(found: Moments, exponent: float, confidence: float) -> Size | None:
    """The size of a quantity of order n^``exponent``; None where widths are too few or too near to each other."""
    if found.known and (by_squares := _size(found, exponent, confidence, squares=True)) and by_squares[1]:
        return by_squares[0]
    by_medians = _size(found, exponent, confidence, squares=False)
    return None if by_medians is None else by_medians[0]


def _size(found: Moments, exponent: float, confidence: float, *, squares: bool) -> tuple[Size, bool] | None:
    """The size as root mean square or as median, and whether lines fit.

    The smallest widths are left out while none fits, as long as enough of them remain. Then variances are enlarged.
    """
    logs = (found.log_rms if squares else found.log_medians) - exponent * np.log(found.widths)
    scatter = found.rms_scatter if squares else found.median_scatter
    relative = scatter / np.asarray(found.counts, dtype=np.float64)
    if not np.isfinite(logs).all():
        return None
    unit = float(logs.max())
    values = np.exp(logs - unit)
    forms = [(root, power) for root in ((1, 2) if squares else (1,)) for power in FADING]
    widths = found.widths
    for first in range(len(widths)):
        if len(widths) - first < LEAST_WIDTHS or widths[-1] < RANGE * widths[first]:
            return None
        n = np.asarray(widths[first:], dtype=np.float64)
        lines = tuple(_line(n, values[first:], relative[first:], *form) for form in forms)
        fit = fits(min(line.misfit for line in lines), len(n) - 2)
        last = len(widths) - first - 1 < LEAST_WIDTHS or widths[-1] < RANGE * widths[first + 1]
        if fit or last:
            lines = lines if fit else _enlarged(lines, len(n) - 2)
            return Size(exponent, squares, exp(unit), widths[first], lines, confidence), fit
    return None


def _line(n: Floats, sizes: Floats, relative: Floats, root: int, power: float) -> Line:
    """The line through ``sizes`` to the power ``root``; sizes have the ``relative`` variances.

    Variances are those times squares of the line. With squares of what was drawn, values that are small by chance would
    have larger weights.
    """
    values, relative = sizes**root, relative * root**2
    found = weighted(n, power, values, relative * np.average(values, weights=1 / relative) ** 2)
    for _ in range(_ROUNDS):
        level = np.maximum(found.ends[0] + found.ends[1] * n**-power, _LEAST * values.max())
        found = weighted(n, power, values, relative * level**2)
    return replace(found, root=root)


def weighted(n: Floats, power: float, values: Floats, variances: Floats) -> Line:
    """The line C + B n^-``power`` through ``values`` at widths ``n``, with weights 1 / ``variances``."""
    scale = variances**-0.5
    inverse = np.asarray(np.linalg.pinv(scale[:, None] * np.stack([np.ones_like(n), n**-power], axis=1)), np.float64)
    ends = inverse @ (scale * values)
    rest = scale * (values - ends[0] - ends[1] * n**-power)
    return Line(1, power, ends, inverse @ inverse.T, float(rest @ rest))


def _enlarged(lines: tuple[Line, ...], freedom: int) -> tuple[Line, ...]:
    """``lines`` with variances that explain the least misfit."""
    factor = min(line.misfit for line in lines) / max(1, freedom)
    return tuple(replace(line, covariance=line.covariance * factor, misfit=line.misfit / factor) for line in lines)


def _reached(value: float, error: float, reach: float) -> tuple[float, float]:
    """The interval of ``value`` that extends ``reach`` errors to both sides, on the scale of logarithms.

    Means of squares are never negative, and their errors are skew. A value that is not above 0 begins at 0.
    """
    if value <= 0 or reach * error > 5 * value:
        return 0.0, max(0.0, value) + reach * error
    return value * exp(-reach * error / value), value * exp(reach * error / value)


def written(estimate: Estimate) -> str:
    """The estimate with its interval, to the digits that the interval leaves, two at least: ``0.43 [0.40, 0.46]``."""
    value, low, high = estimate.value, estimate.low, estimate.high
    half = (high - low) / 2
    if high <= 0:
        return "0"
    first = _digit(value) if value > 0 else _digit(high)
    decimals = max(1, min(MOST_DIGITS, first - _digit(half / 2) if half > 0 else MOST_DIGITS)) - first
    if not -4 < first < 6:
        return f"{value:.{decimals + first}e} [{low:.{decimals + first}e}, {high:.{decimals + first}e}]"
    decimals = max(0, decimals)
    return f"{value:.{decimals}f} [{low:.{decimals}f}, {high:.{decimals}f}]"


def _digit(value: float) -> int:
    """The place of the first digit of ``value``: 0 for 1 to 9, -1 for 0.1 to 0.9."""
    return int(np.floor(log(value, 10)))
