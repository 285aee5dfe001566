"""Means of functions of normal variables, compiled, on many pairs of inputs: nanoseconds a pair."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest
from ratios import Ratio, Record

from tp.gaussian.law import Law
from tp.gaussian.mean import mean_of_two
from tp.primitives.gaussian_mean import function_of


@pytest.mark.parametrize(
    ("name", "count", "limit"), [("relu", 3162, 15.0), ("erf", 3162, 25.0), ("gelu", 1000, 40.0), ("tanh", 200, 1000.0)]
)
def test_value_and_derivative(benchmark: Any, record: Record, name: str, count: int, limit: float) -> None:
    """E φ(u) φ(v) and E φ'(u) φ'(v) together, in double precision, for ``count``² pairs."""
    x = np.random.default_rng(0).normal(size=(count, 16))
    value, slope = (function_of(((name, k),)) for k in (0, 1))
    with jax.enable_x64(True):
        gram = jax.numpy.asarray(x @ x.T / 16)
        diagonal = jax.numpy.diagonal(gram)

        @jax.jit
        def both(s: Any, c: Any) -> Any:
            law = Law(0.0, 0.0, s[:, None], s[None], c)
            return mean_of_two(value, value, law), mean_of_two(slope, slope, law)

        jax.block_until_ready(both(diagonal, gram))
        benchmark.pedantic(lambda: jax.block_until_ready(both(diagonal, gram)), rounds=7)
    seconds = benchmark.stats.stats.min
    record(Ratio(f"{count}² pairs of {name}, value and derivative", 1e9 * seconds / count**2, 1.0, limit, "ns"))
