"""E[f(u)] and E[f(u) g(v)] for normal u and v: the best of the ways that there are."""

from __future__ import annotations

from typing import Any

import numpy as np

from tp.gaussian import closed, hermite, quadrature
from tp.gaussian.function import Function
from tp.gaussian.law import Law
from tp.gaussian.terms import closed as has_closed_form
from tp.namespace import namespace


def mean_of_one(function: Function, mean: Any, variance: Any, resolution: int = 1) -> Any:
    """E[f(u)], entry by entry. ``mean`` is an array, or the number 0."""
    if function.terms is not None and has_closed_form(function.terms):
        return closed.single(function.terms, mean, variance)
    mean, variance = _arrays(mean, variance)
    return quadrature.single(function, mean, variance, resolution)


def mean_of_two(one: Function, other: Function, law: Law, resolution: int = 1) -> Any:
    """E[f(u) g(v)], entry by entry."""
    if one.terms is not None and other.terms is not None and has_closed_form(one.terms, other.terms):
        return closed.mean(one.terms, other.terms, law)
    if one.one:
        return mean_of_one(other, law.mean_v, law.variance_v, resolution)
    if other.one:
        return mean_of_one(one, law.mean_u, law.variance_u, resolution)
    if one.degree is not None:
        return hermite.with_polynomial(one, other, law, resolution)
    if other.degree is not None:
        return hermite.with_polynomial(other, one, law.swapped(), resolution)
    if one.series and other.series:
        return hermite.double(one, other, law, resolution)
    full = _arrays(law.mean_u, law.mean_v, law.variance_u, law.variance_v, law.covariance)
    return quadrature.double(one, other, full, resolution)


def _arrays(*parts: Any) -> list[Any]:
    """The same with one shape."""
    xp = namespace(*parts)
    dtype = np.result_type(*(x.dtype for x in parts if hasattr(x, "dtype")))
    shape = np.broadcast_shapes(*(np.shape(x) for x in parts))
    return [xp.broadcast_to(xp.asarray(x, dtype), shape) for x in parts]
