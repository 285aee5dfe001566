"""The normal density and distribution function, in one and in two variables."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import pi, sqrt
from typing import Any

import numpy as np

from tp.matrix_free.control import repeated
from tp.namespace import erfc, is_numpy, namespace

FAR = 40.0
"""Distances beyond this many standard deviations count as this one: the distribution function is 0 or 1 there."""
_DIGITS = 16.0
"""1 - ρ² below this many rounding errors counts as zero: it is what rounding leaves of parallel vectors."""


def density(x: Any) -> Any:
    """The density of the standard normal law at ``x``."""
    return namespace(x).exp(-0.5 * x * x) / sqrt(2.0 * pi)


def distribution(x: Any) -> Any:
    """The distribution function of the standard normal law at ``x``."""
    if type(x) is float and x == 0.0:
        return 0.5
    return 0.5 * erfc(-x / sqrt(2.0))


def rest(correlation: Any) -> Any:
    """1 - ρ², exactly zero where ρ is 1 or -1 up to rounding."""
    xp = namespace(correlation)
    found = (1.0 - correlation) * (1.0 + correlation)
    return xp.where(found > _DIGITS * epsilon(correlation), found, 0.0)


def snapped(correlation: Any) -> Any:
    """``correlation``, and exactly 1 or -1 where :func:`rest` is zero: what is computed from either then agrees."""
    xp = namespace(correlation)
    return xp.where(rest(correlation) > 0.0, correlation, xp.where(correlation > 0.0, 1.0, -1.0))


def least(x: Any) -> float:
    """The least positive number with all digits, of the type of the array ``x``."""
    return float(np.finfo(getattr(x, "dtype", np.float64)).tiny)


def epsilon(x: Any) -> float:
    """The relative error of rounding, for the type of the array ``x``."""
    return float(np.finfo(getattr(x, "dtype", np.float64)).eps)


@cache
def _arccos() -> tuple[float, ...]:
    """Coefficients, highest first, of arccos(x)/sqrt(1 - x) on [0, 1] in powers of 2 x - 1, to rounding."""
    from numpy.polynomial import chebyshev

    def smooth(t: Any) -> Any:
        x = 0.5 * (t + 1.0)
        gap = 1.0 - x
        # arccos(x) = 2 arcsin(sqrt((1 - x)/2)), without cancellation.
        return np.where(gap > 0, 2.0 * np.arcsin(np.sqrt(0.5 * gap)) / np.sqrt(np.where(gap > 0, gap, 1.0)), sqrt(2.0))

    found = chebyshev.cheb2poly(chebyshev.chebinterpolate(smooth, 21))
    return tuple(float(c) for c in found[::-1])


def angle(correlation: Any) -> Any:
    """arccos(ρ), to rounding. For JAX it is a polynomial, which is several times faster than its own function."""
    if is_numpy(correlation):
        return namespace(correlation).arccos(correlation)
    xp = namespace(correlation)
    size = abs(correlation)
    t = 2.0 * size - 1.0
    found = xp.zeros_like(t)
    for coefficient in _arccos():
        found = found * t + coefficient
    found = found * xp.sqrt(1.0 - size)
    return xp.where(correlation < 0, pi - found, found)


def orthant(h: Any, k: Any, correlation: Any) -> Any:
    """P(x > -h, y > -k) for standard normal x and y; arccos where ``h`` and ``k`` are the number 0."""
    if type(h) is float and type(k) is float and h == 0.0 and k == 0.0:
        return (pi - angle(correlation)) * (0.5 / pi)
    return _upper(-h, -k, correlation)


_ORDER = 20


@cache
def legendre(count: int) -> tuple[Any, Any]:
    """Nodes in (-1, 1) and weights of the rule of Gauss and Legendre."""
    return np.polynomial.legendre.leggauss(count)


def _summed(xp: Any, function: Callable[[Any, Any], Any], shape: tuple[int, ...], dtype: Any) -> Any:
    """The sum of ``function`` over nodes and weights; a loop, which is compiled once."""
    nodes, weights = (xp.asarray(x, dtype) for x in legendre(_ORDER))

    def step(i: Any, total: Any) -> Any:
        return total + function(nodes[i], weights[i])

    return repeated(xp, 0, _ORDER, step, xp.zeros(shape, dtype))


def _upper(h: Any, k: Any, correlation: Any) -> Any:
    """P(x > h, y > k), by the method of Drezner and Wesolowsky as improved by Genz (2004); error below 1e-14."""
    xp = namespace(h, k, correlation)
    h, k, r = (xp.clip(xp.asarray(z), -FAR, FAR) for z in (h, k, correlation))
    r = xp.clip(r, -1.0, 1.0)
    near = abs(r) > 0.925
    return xp.where(near, _strong(xp, h, k, r), _weak(xp, h, k, xp.where(near, 0.0, r)))


def _weak(xp: Any, h: Any, k: Any, r: Any) -> Any:
    """The integral over the correlation, from 0 to ``r``, of its derivative, the joint density."""
    half, squares, both = 0.5 * xp.arcsin(r), 0.5 * (h * h + k * k), h * k

    def value(node: Any, weight: Any) -> Any:
        sine = xp.sin(half * (1.0 + node))
        return weight * xp.exp((sine * both - squares) / (1.0 - sine * sine))

    shape = np.broadcast_shapes(h.shape, k.shape, r.shape)
    return _summed(xp, value, shape, half.dtype) * half / (2.0 * pi) + distribution(-h) * distribution(-k)


def _strong(xp: Any, h: Any, k: Any, r: Any) -> Any:
    """The same integral from ``r`` to 1 or -1, with the leading terms of an expansion taken out."""
    sign = xp.where(r < 0, -1.0, 1.0)
    k = sign * k
    both = h * k
    gap = rest(r)
    root = xp.sqrt(gap)
    apart = (h - k) ** 2
    distance = abs(h - k)
    c, d = (4.0 - both) / 8.0, (12.0 - both) / 16.0
    safe = xp.where(gap > 0, gap, 1.0)
    exponent = -0.5 * (apart / safe + both)
    total = xp.where(
        (gap > 0) & (exponent > -100.0),
        root
        * xp.exp(xp.maximum(exponent, -100.0))
        * (1.0 - c * (apart - gap) * (1.0 - d * apart / 5.0) / 3.0 + c * d * gap * gap / 5.0),
        0.0,
    )
    tail = sqrt(2.0 * pi) * distribution(-distance / xp.sqrt(safe))
    spread = (
        xp.exp(xp.minimum(-0.5 * both, 100.0)) * tail * distance * (1.0 - c * apart * (1.0 - d * apart / 5.0) / 3.0)
    )
    total = total - xp.where((gap > 0) & (both > -100.0), spread, 0.0)

    def value(node: Any, weight: Any) -> Any:
        x = (0.5 * root * (1.0 + node)) ** 2
        kept = xp.sqrt(1.0 - x)
        exponent = -0.5 * (apart / xp.where(x > 0, x, 1.0) + both)
        inner = xp.exp(xp.clip(-both * (1.0 - kept) / (2.0 * (1.0 + kept)), -100.0, 100.0)) / kept
        found = 0.5 * root * weight * xp.exp(xp.maximum(exponent, -100.0)) * (inner - (1.0 + c * x * (1.0 + d * x)))
        return xp.where((x > 0) & (exponent > -100.0), found, 0.0)

    total = -(total + _summed(xp, value, total.shape, total.dtype)) / (2.0 * pi)
    same = total + distribution(-xp.maximum(h, k))
    opposite = xp.maximum(distribution(k) - distribution(h), 0.0) - total
    return xp.where(r < 0, opposite, same)
