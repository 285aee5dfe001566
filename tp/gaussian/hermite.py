"""Means of products of two smooth functions by Mehler's formula.

With the normalised Hermite polynomials he_k, f(m + σ z) = Σ a_k he_k(z), and E[f(u) g(v)] = Σ ρ^k a_k b_k. Coefficients
are found for each entry of u and of v by itself; for pairs only powers of ρ are needed. By Parseval's identity the
terms from K on are at most |ρ|^K sqrt(E f² - Σ a²) sqrt(E g² - Σ b²), with sums up to K.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from tp.gaussian import closed, quadrature
from tp.gaussian.function import Function
from tp.gaussian.law import Law, is_zero, plus, times
from tp.gaussian.normal import epsilon, rest
from tp.gaussian.panels import SHORT
from tp.gaussian.terms import slope
from tp.matrix_free.control import chosen, repeated, stacked
from tp.namespace import namespace

TERMS = (64, 192, 256)
"""How many coefficients, by resolution."""
_SPACING = (0.16, 0.11, 0.1)
_REACH = 12.0
_LARGE = 2.5
"""Standard deviations beyond which functions need finer nodes."""
_ENTRIES = 256
"""For how many entries there are nodes in memory at once."""
_TOGETHER = 16
_ROUNDING = 1e-15
_SMALLEST = 1e-30
TOLERANCE = (1e-7, 1e-10, 1e-12)
"""The largest bound on what is left out, in units of sqrt(E f² E g²). Beyond it a pair is integrated directly."""


@cache
def _table(resolution: int) -> tuple[Any, Any, Any]:
    """Nodes z, weights, and weights times he_k(z) as a matrix [terms, nodes], for the trapezoidal rule."""
    spacing = _SPACING[resolution]
    half = round(_REACH / spacing)
    z = spacing * np.arange(-half, half + 1)
    weights = spacing * np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)
    # The Hermite functions themselves, times a root of the weights, stay bounded.
    rows = [np.sqrt(weights), z * np.sqrt(weights)]
    for k in range(1, TERMS[resolution] - 1):
        rows.append((z * rows[k] - np.sqrt(k) * rows[k - 1]) / np.sqrt(k + 1.0))
    return z, weights, np.asarray(rows) * np.sqrt(weights)


def coefficients(function: Function, mean: Any, variance: Any, resolution: int, kept: slice) -> tuple[Any, Any]:
    """The ``kept`` ones of the a_k as an array [terms, *shape], and E f²."""
    xp = namespace(variance)
    shape = np.broadcast_shapes(np.shape(mean), variance.shape)
    mean = xp.broadcast_to(xp.asarray(mean, variance.dtype), shape)
    sd = xp.sqrt(xp.maximum(xp.broadcast_to(variance, shape), 0.0))

    def uniform(mean: Any, sd: Any) -> tuple[Any, Any]:
        z, weights, table = (xp.asarray(x, variance.dtype) for x in _table(resolution))
        values = function.value(mean[..., None] + sd[..., None] * z)
        return xp.moveaxis(values @ table[kept].T, -1, 0), (values * values) @ weights

    def fitted(mean: Any, sd: Any) -> tuple[Any, Any]:
        found, whole = projected(function, mean, sd, TERMS[resolution], resolution)
        return found[kept], whole

    return chosen(xp, (sd > _LARGE).any(), fitted, uniform, mean, sd)


def _of_both(one: Function, other: Function, law: Law, resolution: int, kept: slice) -> list[tuple[Any, Any]]:
    """:func:`coefficients` of both functions. Those of one function are found together, which is compiled faster."""
    sides = [(law.mean_u, law.variance_u), (law.mean_v, law.variance_v)]
    if one is not other:
        return [coefficients(f, *side, resolution, kept) for f, side in zip((one, other), sides, strict=True)]
    xp = namespace(law.variance_u, law.variance_v)
    shapes = [np.broadcast_shapes(np.shape(mean), variance.shape) for mean, variance in sides]
    first = int(np.prod(shapes[0]))

    def joined(parts: Sequence[Any]) -> Any:
        dtype = law.variance_u.dtype
        return xp.concatenate(
            [xp.broadcast_to(xp.asarray(x, dtype), shape).reshape(-1) for x, shape in zip(parts, shapes, strict=True)]
        )

    means, variances = zip(*sides, strict=True)
    a, whole = coefficients(one, joined(means), joined(variances), resolution, kept)
    cut = [(a[:, :first], whole[:first]), (a[:, first:], whole[first:])]
    return [(x.reshape((-1, *shape)), y.reshape(shape)) for (x, y), shape in zip(cut, shapes, strict=True)]


def projected(function: Function, mean: Any, sd: Any, count: int, resolution: int) -> tuple[Any, Any]:
    """The first ``count`` coefficients and E f² with nodes for each entry, which resolve any standard deviation."""
    xp = namespace(mean, sd)

    def made(mean: Any, sd: Any) -> Any:
        z, weights = quadrature.nodes(function, mean, sd, max(_REACH, function.reach), resolution, SHORT)
        values = function.value(mean[..., None] + sd[..., None] * z)
        weighted = weights * values

        def step(state: tuple[Any, Any], k: Any) -> tuple[tuple[Any, Any], Any]:
            before, now = state
            after = (z * now - xp.sqrt(1.0 * k) * before) / xp.sqrt(k + 1.0)
            return (now, after), (weighted * now).sum(axis=-1)

        _, found = stacked(xp, step, (0.0 * z, 0.0 * z + 1.0), count, 0)
        return xp.concatenate([found, (weighted * values).sum(axis=-1)[None]]).T

    found = xp.moveaxis(quadrature.blockwise(made, (mean, sd), _ENTRIES), -1, 0)
    return found[:-1], found[-1]


def with_polynomial(one: Function, other: Function, law: Law, resolution: int) -> Any:
    """E[f(u) g(v)] for a polynomial f and any g: a finite sum."""
    xp = namespace(law.variance_u, law.variance_v, law.covariance)
    assert one.degree is not None
    assert one.terms is not None
    shape = np.broadcast_shapes(np.shape(law.mean_v), law.variance_v.shape)
    mean = xp.broadcast_to(xp.asarray(law.mean_v, law.variance_v.dtype), shape)
    variance = xp.maximum(law.variance_v, 0.0)
    b, _ = projected(other, mean, xp.broadcast_to(xp.sqrt(variance), shape), one.degree + 1, resolution)
    # a_k is sd(u)^k E[f^(k)(u)] / sqrt(k!), and ρ sd(u) is the covariance over sd(v).
    regression = law.covariance * xp.where(variance > 0, 1.0 / xp.sqrt(xp.where(variance > 0, variance, 1.0)), 0.0)
    total, terms, factor = 0.0, one.terms, 1.0
    for k in range(one.degree + 1):
        total = plus(total, times(closed.single(terms, law.mean_u, law.variance_u), b[k], factor))
        terms, factor = slope(terms), times(factor, regression) / (k + 1.0) ** 0.5
    return total


def double(one: Function, other: Function, law: Law, resolution: int) -> Any:
    """E[f(u) g(v)] for two smooth functions."""
    xp = namespace(law.variance_u, law.variance_v, law.covariance)
    centred = is_zero(law.mean_u) and is_zero(law.mean_v)
    symmetries = (one.symmetry, other.symmetry)
    shape = np.broadcast_shapes(*(np.shape(x) for x in _parts(law)))
    if centred and set(symmetries) == {"odd", "even"}:
        return xp.zeros(shape, law.covariance.dtype)
    first, step = (0, 1) if not centred or "none" in symmetries else (int(symmetries[0] == "odd"), 2)
    kept = slice(first, None, step)
    (a, whole_a), (b, whole_b) = _of_both(one, other, law, resolution, kept)
    sds = [xp.sqrt(xp.maximum(x, 0.0)) for x in (law.variance_u, law.variance_v)]
    inverse = [xp.where(x > 0, 1.0 / xp.where(x > 0, x, 1.0), 0.0) for x in sds]
    correlation = xp.clip(law.covariance * inverse[0] * inverse[1], -1.0, 1.0)
    factor = correlation if step == 1 else correlation * correlation
    largest = abs(correlation).max() if shape else abs(correlation)
    skipped = _negligible(xp, (a, whole_a), (b, whole_b), largest**step)
    total = _horner(xp, factor, a, b, shape, skipped)
    total = total * correlation if first else total
    tails = [xp.sqrt(xp.maximum(w - (x * x).sum(axis=0), 0.0)) for w, x in ((whole_a, a), (whole_b, b))]
    size = xp.sqrt(whole_a * whole_b)
    left = tails[0] * tails[1] * abs(correlation) ** TERMS[resolution]
    wrong = xp.broadcast_to(left > max(TOLERANCE[resolution], 8.0 * epsilon(correlation)) * size, shape)
    full = [xp.asarray(x, correlation.dtype) for x in _parts(law)]
    full = [x.reshape((1,) * (len(shape) - x.ndim) + x.shape) for x in full]
    swap = quadrature.has_terms(one) and not quadrature.has_terms(other)

    def along(*parts: Any) -> Any:
        return quadrature.parallel(one, other, parts, resolution)

    def anywhere(*parts: Any) -> Any:
        return quadrature.double(one, other, parts, resolution)

    size = quadrature.block(one if swap else other)
    return quadrature.repaired(total, wrong, rest(correlation) == 0, full, (along, anywhere), size)


def _negligible(xp: Any, one: tuple[Any, Any], other: tuple[Any, Any], factor: Any) -> Any:
    """How many blocks of terms at the end of the series are lost in rounding for every pair."""
    blocks = one[0].shape[0] // _TOGETHER
    bounds: list[Any] = []
    for coefficients, whole in (one, other):
        squares = (coefficients * coefficients).reshape((blocks, -1, int(np.prod(whole.shape)))).sum(axis=1)
        ends = xp.cumsum(squares[::-1], axis=0)  # of the last block, the last two, ...
        bounds.append(xp.sqrt((ends / xp.maximum(whole.reshape(-1), _SMALLEST)).max(axis=1)))
    starts = np.arange(blocks - 1, -1, -1) * _TOGETHER
    return (bounds[0] * bounds[1] * factor ** xp.asarray(starts) < _ROUNDING).sum()


def _horner(xp: Any, x: Any, a: Any, b: Any, shape: tuple[int, ...], skipped: Any) -> Any:
    """Σ a_k b_k x^k without the last ``skipped`` blocks of terms.

    It is a loop, so that it is compiled fast, of several terms at a time, so that it runs fast.
    """
    blocks = a.shape[0] // _TOGETHER

    def step(i: Any, total: Any) -> Any:
        for j in range(_TOGETHER):
            k = a.shape[0] - 1 - (i * _TOGETHER + j)
            total = total * x + a[k] * b[k]
        return total

    return repeated(xp, skipped, blocks, step, xp.zeros(shape, x.dtype))


def _parts(law: Law) -> tuple[Any, ...]:
    return law.mean_u, law.mean_v, law.variance_u, law.variance_v, law.covariance
