"""The initial laws that weights may have: centred, with variance 1 (the constant law: 0)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Family:
    """Facts about one law, and how to draw it.

    ``arguments`` are the default extra arguments. ``draw(key, shape, dtype, arguments)`` returns a JAX array.
    ``moments(arguments)`` is the p such that moments of order below p are finite; infinity where all are.
    ``dense``: it has a bounded density. ``scratch`` is how many bytes an entry takes while it is drawn, in either
    precision: random bits and the numbers made of them.
    """

    name: str
    symmetric: bool
    summary: str
    draw: Callable[[Any, tuple[int, ...], Any, tuple[float, ...]], Any]
    arguments: tuple[float, ...] = ()
    moments: Callable[[tuple[float, ...]], float] = lambda _: float("inf")
    dense: bool = True
    scratch: int = 24


def _normal(key: Any, shape: tuple[int, ...], dtype: Any, _: tuple[float, ...]) -> Any:
    import jax

    return jax.random.normal(key, shape, dtype)


def _uniform(key: Any, shape: tuple[int, ...], dtype: Any, _: tuple[float, ...]) -> Any:
    import jax

    return jax.random.uniform(key, shape, dtype, minval=-(3.0**0.5), maxval=3.0**0.5)


def _rademacher(key: Any, shape: tuple[int, ...], dtype: Any, _: tuple[float, ...]) -> Any:
    import jax

    return jax.random.rademacher(key, shape, dtype)


def _laplace(key: Any, shape: tuple[int, ...], dtype: Any, _: tuple[float, ...]) -> Any:
    import jax

    return jax.random.laplace(key, shape, dtype) / 2.0**0.5


def _student_t(key: Any, shape: tuple[int, ...], dtype: Any, arguments: tuple[float, ...]) -> Any:
    """Bailey's polar method: R cos(2πV) with R² = df (U^(-2/df) - 1) has Student's law exactly, for uniform U and V.

    Bailey, Polar generation of random variates with the t-distribution (1994). U keeps all 32 random bits, so the tail
    reaches to events of probability 2^-32. A ratio of normal and gamma numbers needs a loop for each number.
    """
    import jax
    import jax.numpy as jnp

    (df,) = arguments
    radius, angle = jax.random.split(key)
    uniform = (jax.random.bits(radius, shape, jnp.uint32).astype(dtype) + 0.5) * 2.0**-32
    squared = (df - 2.0) * jnp.expm1(jnp.log(jnp.minimum(uniform, 1.0)) * (-2.0 / df))
    return jnp.sqrt(squared) * jnp.cos(jax.random.uniform(angle, shape, dtype, maxval=2.0 * jnp.pi))


def _exponential(key: Any, shape: tuple[int, ...], dtype: Any, _: tuple[float, ...]) -> Any:
    import jax

    return jax.random.exponential(key, shape, dtype) - 1.0


def _truncated_normal(key: Any, shape: tuple[int, ...], dtype: Any, arguments: tuple[float, ...]) -> Any:
    import jax

    (cut,) = arguments
    return jax.random.truncated_normal(key, -cut, cut, shape, dtype) / _truncated_deviation(cut)


def _truncated_deviation(cut: float) -> float:
    """Standard deviation of a standard normal variable conditioned on [-cut, cut]."""
    from math import erf, exp, pi, sqrt

    inside = erf(cut / sqrt(2.0))
    return sqrt(1.0 - 2.0 * cut * exp(-cut * cut / 2.0) / sqrt(2.0 * pi) / inside)


def _constant(key: Any, shape: tuple[int, ...], dtype: Any, _: tuple[float, ...]) -> Any:
    import jax.numpy as jnp

    return jnp.zeros(shape, dtype)


LAWS: dict[str, Family] = {
    family.name: family
    for family in (
        Family("normal", True, "normal(mean, deviation)", _normal),
        Family("uniform", True, "uniform(mean, deviation): uniform, symmetric about the mean", _uniform),
        Family(
            "rademacher",
            True,
            "rademacher(mean, deviation): two values, each with probability 1/2",
            _rademacher,
            dense=False,
        ),
        Family("laplace", True, "laplace(mean, deviation)", _laplace),
        Family(
            "student_t",
            True,
            "student_t(mean, deviation, df): df > 2, scaled to the deviation",
            _student_t,
            arguments=(5.0,),
            moments=lambda a: a[0],
            scratch=32,
        ),
        Family("exponential", False, "exponential(mean, deviation): centred, skewed to the right", _exponential),
        Family(
            "truncated_normal",
            True,
            "truncated_normal(mean, deviation, cut): cut at +-cut before scaling to the deviation",
            _truncated_normal,
            arguments=(2.0,),
        ),
        Family(
            "constant", True, "constant(value): every entry the same, still trained", _constant, dense=False, scratch=8
        ),
    )
}
