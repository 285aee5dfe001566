"""Means of products of two smooth functions by Mehler's formula.

With the normalised Hermite polynomials he_k, f(m + σ z) = Σ a_k he_k(z), and E[f(u) g(v)] = Σ ρ^k a_k b_k. Coefficients
are found for each entry of u and of v by itself; for pairs only powers of ρ are needed. By Parseval's identity the
terms from K on are at most |ρ|^K sqrt(E f² - Σ a²) sqrt(E g² - Σ b²), with sums up to K.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from tp.gaussian import quadrature
from tp.gaussian.function import Function
from tp.gaussian.law import Law, is_zero
from tp.namespace import namespace

TERMS = (64, 128, 192)
"""How many coefficients, by resolution."""
_SPACING = (0.16, 0.125, 0.1)
_REACH = 12.0
TOLERANCE = (1e-8, 1e-11, 1e-12)
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


def coefficients(function: Function, mean: Any, variance: Any, resolution: int) -> tuple[Any, Any]:
    """a_k as an array [terms, *shape], and E f²."""
    xp = namespace(variance)
    z, weights, table = (xp.asarray(x, variance.dtype) for x in _table(resolution))
    sd = xp.sqrt(xp.maximum(variance, 0.0))
    shape = np.broadcast_shapes(np.shape(mean), sd.shape)
    points = xp.broadcast_to(mean + 0.0 * sd, shape)[..., None] + sd[..., None] * z
    values = function.value(points)
    return xp.moveaxis(values @ table.T, -1, 0), (values * values) @ weights


def double(one: Function, other: Function, law: Law, resolution: int) -> Any:
    """E[f(u) g(v)] for two smooth functions."""
    xp = namespace(law.variance_u, law.variance_v, law.covariance)
    centred = is_zero(law.mean_u) and is_zero(law.mean_v)
    symmetries = (one.symmetry, other.symmetry)
    shape = np.broadcast_shapes(*(np.shape(x) for x in _parts(law)))
    if centred and set(symmetries) == {"odd", "even"}:
        return xp.zeros(shape, law.covariance.dtype)
    a, whole_a = coefficients(one, law.mean_u, law.variance_u, resolution)
    b, whole_b = coefficients(other, law.mean_v, law.variance_v, resolution)
    sds = [xp.sqrt(xp.maximum(x, 0.0)) for x in (law.variance_u, law.variance_v)]
    inverse = [xp.where(x > 0, 1.0 / xp.where(x > 0, x, 1.0), 0.0) for x in sds]
    correlation = xp.clip(law.covariance * inverse[0] * inverse[1], -1.0, 1.0)
    count = a.shape[0]
    first, step = (0, 1) if not centred or "none" in symmetries else (symmetries[0] == "odd", 2)
    factor = correlation if step == 1 else correlation * correlation
    total = xp.zeros(shape, correlation.dtype)
    for k in reversed(range(int(first), count, step)):
        total = total * factor + a[k] * b[k]
    total = total * correlation if first else total
    tails = [xp.sqrt(xp.maximum(w - (x * x).sum(axis=0), 0.0)) for w, x in ((whole_a, a), (whole_b, b))]
    size = xp.sqrt(whole_a * whole_b)
    wrong = tails[0] * tails[1] * abs(correlation) ** count > TOLERANCE[resolution] * size
    full = [xp.broadcast_to(xp.asarray(x, correlation.dtype), shape) for x in _parts(law)]
    swap = quadrature.has_terms(one) and not quadrature.has_terms(other)
    block = quadrature.block(one if swap else other)
    return quadrature.repaired(
        lambda *x: quadrature.double(one, other, x, resolution), total, xp.broadcast_to(wrong, shape), full, block
    )


def _parts(law: Law) -> tuple[Any, ...]:
    return law.mean_u, law.mean_v, law.variance_u, law.variance_v, law.covariance
