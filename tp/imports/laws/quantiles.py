"""Laws as functions of one uniform variable: their quantiles, compared with what bits are turned into.

An entry that is made of one number of random bits is a function of a uniform variable p. Where it is m + s Q(p), with
the quantiles Q of a law, it has this law, with the mean m and the deviation s. Nothing is drawn, so nothing is left to
chance; only rounding limits how well m and s are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import erf, sqrt
from typing import Any, NamedTuple, cast

import numpy as np

from tp.imports.laws.expressions import Node
from tp.laws.truncated_normal import deviation as truncated_deviation
from tp.ndarray import NDArray

Floats = NDArray[np.float64]

Candidate = tuple[str, tuple[float, ...], Callable[[Floats], Floats]]

POINTS = 2048
"""At how many values of p, beside the smallest and the largest, functions are compared."""


@dataclass(frozen=True, slots=True)
class Fit:
    """m + s Q(p) of a law. ``error`` is the relative error of ``deviation``, up to rounding."""

    law: str
    mean: float
    deviation: float
    extra: tuple[float, ...] = ()
    error: float = 0.0


class Precision(NamedTuple):
    """The relative ``rounding`` of a value, and how well p is known (``fineness``)."""

    rounding: float
    fineness: float


def precision(dtype: Any, width: int) -> Precision:
    """That of values of ``dtype`` which are made from bits of this ``width``."""
    import jax.numpy as jnp

    eps = float(jnp.finfo(dtype).eps)
    of_bits = {64: 2.0**-50, 32: 2.0**-22}.get(width, 2.0**-6)
    return Precision(8.0 * max(eps, of_bits / 4.0 if width >= 32 else of_bits), of_bits)


def width_of(source: Node) -> int:
    """How many random bits of ``source`` an entry is made of."""
    return int(np.dtype(source.dtype).itemsize) * 8


def grid(width: int) -> NDArray[np.unsignedinteger]:
    """Bits of ``width``: 0, then those in the middle of :data:`POINTS` equal parts of their range, then the last."""
    most = 2**width - 1
    middles = [(2 * k + 1) * (most + 1) // (2 * POINTS) for k in range(POINTS)]
    return np.array([0, *middles, most], f"uint{width}")


def shares() -> Floats:
    """p of the bits in :func:`grid`, but the first and the last: at equal distances."""
    return (np.arange(POINTS) + 0.5) / POINTS


def fitted(values: Floats, precision: Precision) -> list[Fit]:
    """The laws that ``values`` at :func:`grid` agree with, up to ``precision``."""
    rounding, fineness = precision
    inner, ends = values[1:-1], (float(values[0]), float(values[-1]))
    found: list[Fit] = []
    for law, extra, quantiles in _candidates(inner, ends):
        q = quantiles(shares())
        if (fit := _compared(law, extra, q, inner, rounding, fineness)) is not None:
            found.append(fit)
    return found


def _compared(
    law: str, extra: tuple[float, ...], q: Floats, values: Floats, rounding: float, fine: float
) -> Fit | None:
    """The values as m + s Q; None where they are not."""
    slope = np.gradient(q, 1.0 / len(q))
    # Where p is known badly, as in tails, a value says less.
    doubt = fine * np.abs(slope) + rounding * (np.abs(q) + 1.0)
    weight = 1.0 / doubt**2
    q_mean, mean = np.average(q, weights=weight), np.average(values, weights=weight)
    s = float((weight * (q - q_mean) * (values - mean)).sum() / (weight * (q - q_mean) ** 2).sum())
    m = float(mean - s * q_mean)
    if s == 0.0 or (s < 0.0 and law == "exponential"):
        return None
    allowed = np.abs(s) * 4.0 * doubt + 4.0 * rounding * np.abs(values)
    if not (np.abs(values - m - s * q) <= allowed).all():
        return None
    error = float(4.0 / sqrt(float((weight * (q - q_mean) ** 2).sum())))
    return Fit(law, 0.0 if abs(m) <= 8.0 * rounding * abs(s) else m, abs(s), extra, max(error, 4.0 * rounding))


def _candidates(values: Floats, ends: tuple[float, float]) -> Iterator[Candidate]:
    """Laws that functions may have, with their further arguments and their quantiles."""
    yield "uniform", (), lambda p: sqrt(3.0) * (2.0 * p - 1.0)
    if len(np.unique(values)) <= 2:
        yield "rademacher", (), lambda p: np.where(p < 0.5, -1.0, 1.0)
        return
    yield "normal", (), normal
    for cut in _cuts(values, ends):
        yield "truncated_normal", (cut,), lambda p, cut=cut: truncated(p, cut)
    yield "laplace", (), lambda p: -np.sign(p - 0.5) * np.log1p(-np.abs(2.0 * p - 1.0)) / sqrt(2.0)
    yield "exponential", (), lambda p: -np.log1p(-p) - 1.0
    yield "exponential", (), lambda p: -np.log(p) - 1.0


def normal(p: Floats) -> Floats:
    """Quantiles of the normal law."""
    from scipy.special import ndtri

    return np.asarray(ndtri(p), float)


def truncated(p: Floats, cut: float) -> Floats:
    """Quantiles of the normal law within ± ``cut``, scaled to variance 1."""
    outside = (1.0 - erf(cut / sqrt(2.0))) / 2.0
    return normal(outside + p * (1.0 - 2.0 * outside)) / truncated_deviation(cut)


def _cuts(values: Floats, ends: tuple[float, float]) -> Iterator[float]:
    """Where a normal law may be cut: such that the ends and the quartiles are as they are."""
    from scipy.optimize import brentq

    quarter = POINTS // 4
    high = shares()[-quarter : -quarter + 1]
    width = abs(values[-quarter] - values[quarter - 1])
    reach = abs(ends[1] - ends[0]) / width if width else 0.0

    def missing(cut: float) -> float:
        return cut / (float(truncated(high, cut)[0]) * truncated_deviation(cut)) - reach

    least, most = 0.05, 5.0
    if not missing(least) < 0.0 < missing(most):
        return
    cut = float(cast(float, brentq(missing, least, most, xtol=1e-12)))
    for digits in (1, 2, 3):
        if abs(round(cut, digits) - cut) < 1e-4 * cut:
            yield round(cut, digits)
            return
    yield cut
