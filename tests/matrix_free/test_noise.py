"""The random numbers of conditioned products: the cipher bit for bit, and the law of what is made of it.

Statistical tests have fixed seeds; each says with what probability it fails for a perfect generator, and together
these are below 1e-3.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import erf, sqrt

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax.extend.random import threefry_2x32
from scipy import stats

from tp.interpret.arrays.backend import precision
from tp.matrix_free.noise import normal, threefry

WORDS = st.integers(0, 2**32 - 1)
_normal = jax.jit(normal, static_argnums=(1, 2))


def draw(seed: int, shape: tuple[int, ...], dtype: str = "float32") -> np.ndarray:
    with precision(dtype) as kind:
        return np.asarray(_normal(jax.random.key(seed), shape, kind))


def words(*values: int) -> jax.Array:
    return jnp.asarray(np.array(values, np.uint32))


@given(st.tuples(WORDS, WORDS), st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_the_cipher_is_that_of_jax(key: tuple[int, int], counters: list[tuple[int, int]]) -> None:
    """JAX takes the first half of an array as the left words of its counters and the second half as the right ones."""
    counters += counters[-1:] * (40 - len(counters))
    left, right = (words(*column) for column in zip(*counters, strict=True))
    first, second = (jnp.uint32(word) for word in key)
    expected = threefry_2x32((first, second), jnp.concatenate([left, right]))
    np.testing.assert_array_equal(jnp.concatenate(threefry(first, second, left, right)), expected)


@pytest.mark.parametrize(
    ("key", "counter", "cipher"),
    [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_known_answers(key: tuple[int, int], counter: tuple[int, int], cipher: tuple[int, int]) -> None:
    """The answers that come with the authors' library Random123 (kat_vectors)."""
    found = threefry(*(jnp.uint32(word) for word in (*key, *counter)))
    assert tuple(int(word) for word in found) == cipher


def test_a_key_gives_the_numbers_that_its_cipher_gives() -> None:
    """Counters (0, 0), (1, 0), ..; JAX's own map from words to normal numbers, which takes the upper 23 bits."""
    key, size = jax.random.key(7), 1001
    first, second = jax.random.key_data(key)
    count = jnp.arange(501, dtype=jnp.uint32)
    bits = np.asarray(threefry_2x32((first, second), jnp.concatenate([count, 0 * count])), np.uint32)
    uniform = ((bits >> 9).astype(float) + 0.5) / 2**23
    expected = stats.norm.ppf(uniform[:size])
    np.testing.assert_allclose(draw(7, (size,)), expected, rtol=1e-3, atol=1e-6)


def test_two_million_numbers() -> None:
    """Kolmogorov-Smirnov (fails with probability 1e-4) and the first eight moments (|z| < 5: 8 times 6e-7).

    The grid of 23 bits moves the distribution function by 6e-8 at most, the error of the mean is 7e-4.
    """
    x = draw(1, (2_000_001,)).astype(float)
    assert stats.kstest(x, stats.norm.cdf).pvalue > 1e-4
    moments = [1.0, 0.0]
    for power in range(2, 17):
        moments.append(moments[power - 2] * (power - 1))
    for power in range(1, 9):
        error = sqrt((moments[2 * power] - moments[power] ** 2) / len(x))
        assert abs((x**power).mean() - moments[power]) < 5 * error


def test_the_largest_numbers() -> None:
    """No infinity; 2^25 numbers reach both ends of a grid of 2^23 uniform numbers (missed with probability e^-4 each).

    The seed is one that reaches them. Inverse error functions in single precision are good to 1e-3 out there.
    """
    x = draw(2, (2**25,))
    assert np.isfinite(x).all()
    assert x.max() == pytest.approx(stats.norm.isf(2.0**-23), rel=0.05)
    assert x.min() == pytest.approx(stats.norm.ppf(2.0**-24), rel=0.05)
    beyond = np.count_nonzero(np.abs(x) > 4.5)
    expected = len(x) * (1 - erf(4.5 / sqrt(2)))
    assert abs(beyond - expected) < 5 * sqrt(expected)


def test_neighbours_are_independent() -> None:
    """Correlations of numbers and of their squares at lags 1..20, half the array and the width of a row.

    |z| < 5.5 for 44 nearly normal statistics: 2e-6.
    """
    rows, columns = 1000, 999
    x = draw(3, (rows, columns)).astype(float).ravel()
    for values in (x, (x**2 - 1) / sqrt(2)):
        for lag in (*range(1, 21), columns, len(x) // 2):
            z = (values[lag:] * values[:-lag]).sum() / sqrt(len(x) - lag)
            assert abs(z) < 5.5


def test_keys_are_independent() -> None:
    """Correlations between the streams of 40 folded keys and of the key itself, numbers and squares.

    |z| < 6 for 2 * 820 statistics: 4e-6. The covariance matrix is known to 1/sqrt(draws).
    """
    draws = 20_000
    key = jax.random.key(4)
    keys = [key, *(jax.random.fold_in(key, i) for i in range(40))]
    x = np.array([_normal(k, (draws,), jnp.float32) for k in keys], float)
    off = ~np.eye(len(keys), dtype=bool)
    for values in (x, (x**2 - 1) / sqrt(2)):
        assert np.abs(values @ values.T / sqrt(draws))[off].max() < 6


def test_first_numbers_of_many_keys_are_normal() -> None:
    """One number each of 100 000 keys of a draw, folded twice as the interpreter does it (probability 1e-4)."""

    def first(seed: jax.Array) -> jax.Array:
        key = jax.random.fold_in(jax.random.fold_in(jax.random.key(seed), 1), 0)
        return normal(key, (1,), jnp.float32)[0]

    x = np.asarray(jax.jit(jax.vmap(first))(jnp.arange(100_000, dtype=jnp.uint32)), float)
    assert stats.kstest(x, stats.norm.cdf).pvalue > 1e-4


@pytest.mark.parametrize("shape", [(), (0,), (1,), (2,), (3,), (7, 1), (5, 3), (3, 0, 2), (2, 3, 5), (1023,)])
def test_shapes(shape: tuple[int, ...]) -> None:
    x = draw(5, shape)
    assert x.shape == shape
    assert x.dtype == np.float32
    assert len(set(x.ravel().tolist())) == x.size  # true of this seed, and of 94% of all seeds
    np.testing.assert_array_equal(x.ravel(), draw(5, (x.size,)))


def test_both_precisions_have_the_same_numbers() -> None:
    single, double = (draw(6, (999,), dtype) for dtype in ("float32", "float64"))
    assert double.dtype == np.float64
    np.testing.assert_array_equal(single, double)


@pytest.mark.parametrize("wrapped", [jax.jit, lambda f: f], ids=["jit", "eager"])
def test_same_key_same_bits(wrapped: Callable[..., Callable[..., jax.Array]]) -> None:
    one = wrapped(partial(normal, shape=(3, 5), dtype=jnp.float32))
    keys = jax.random.split(jax.random.key(8), 4)
    together = jax.vmap(one)(keys)
    for key, row in zip(keys, together, strict=True):
        np.testing.assert_array_equal(row, one(key))
        np.testing.assert_array_equal(row, _normal(key, (3, 5), jnp.float32))
    assert len(np.unique(together)) == together.size
