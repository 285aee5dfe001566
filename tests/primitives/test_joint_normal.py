"""Samples of jointly normal variables have the law that their covariances say, also where these are singular."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy import stats

from tp.graph.axes import Axis, Type
from tp.graph.builder import GraphBuilder
from tp.graph.text import parse_graph, print_graph
from tp.primitives import known
from tp.primitives.input import Input
from tp.primitives.interpretations import Lowering, lowering
from tp.primitives.joint_normal import JointNormal
from tp.primitives.sobol import normal_points

A, A2, B = Axis("a", 3), Axis("a'", 3), Axis("b", 2)
DRAWS = Axis("@draw", 2)
COUNT = 1 << 14
SINGULAR = [[4.0, -2.0, 0.0], [-2.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
"""Covariances of two variables with one direction, and of one that is zero."""


def samples(operation: JointNormal, *blocks: Any, draws: Type = (), xp: Any = np) -> Any:
    """The samples for the given blocks of covariances, in double precision."""
    types = [(*draws, *operation.block(i, j)) for i, j in operation.pairs]
    out = (*draws, *operation.infer([t[len(draws) :] for t in types], {}))
    low = Lowering(8, {}, {}, {}, xp.float64, draws)
    return lowering.of(operation)(operation, low, types, out, [xp.asarray(b, xp.float64) for b in blocks])


def some_covariance(size: int, seed: int = 0) -> Any:
    factor = np.random.default_rng(seed).normal(size=(size, size))
    return factor @ factor.T


def test_samples_have_the_covariances_of_all_blocks() -> None:
    covariance = some_covariance(6)
    whole, part = JointNormal(((A,), (A,)), COUNT, 1), [slice(0, 3), slice(3, 6)]
    found = samples(whole, *(covariance[part[i], part[j]] for i, j in whole.pairs))
    scale = np.sqrt(np.diag(covariance))
    error = (found.T @ found / COUNT - covariance) / scale / scale[:, None]
    assert np.abs(error).max() < 2e-3  # 16384 random samples: 8e-3
    assert np.abs(found.mean(axis=0) / scale).max() < 1e-3


def test_every_entry_is_normal() -> None:
    found = samples(JointNormal(((A,),), COUNT, 2), covariance := some_covariance(3))
    for column, variance in zip(found.T, np.diag(covariance), strict=True):
        distance = stats.kstest(column / np.sqrt(variance), "norm").statistic
        assert distance < 3e-3  # 0.01 for as many random numbers


def test_entries_are_row_major_and_parts_stand_one_after_the_other() -> None:
    variances = np.arange(1.0, 7.0).reshape(3, 2)
    block = np.zeros((3, 2, 3, 2))
    for i in range(3):
        for j in range(2):
            block[i, j, i, j] = variances[i, j]
    found = samples(JointNormal(((), (A, B)), COUNT, 3, ((0, 0), (1, 1))), 100.0, block)
    np.testing.assert_allclose((found**2).mean(axis=0), [100.0, 1, 2, 3, 4, 5, 6], rtol=1e-2)


def test_a_block_that_is_left_out_is_zero() -> None:
    some, other = some_covariance(3, 1), some_covariance(2, 2)
    left = samples(JointNormal(((A,), (B,)), COUNT, 1, ((0, 0), (1, 1))), some, other)
    given = samples(JointNormal(((A,), (B,)), COUNT, 1), some, np.zeros((3, 2)), other)
    for found in (left, given):
        correlation = np.corrcoef(found.T)[:3, 3:]
        assert np.abs(correlation).max() < 2e-3
    empty = samples(JointNormal(((A,), (B,)), 8, 1, ()))
    assert not empty.any()
    assert empty.shape == (8, 5)


def test_a_mean_over_samples_is_far_better_than_one_over_random_numbers() -> None:
    points, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()
    x, y = np.meshgrid(points, points, indexing="ij")
    exact = weights @ (np.tanh(x) * np.tanh(0.6 * x + 0.8 * y)) @ weights
    errors = []
    for seed in range(8):
        u, v = samples(JointNormal(((), ()), COUNT, seed), 1.0, 0.6, 1.0).T
        errors.append((np.tanh(u) * np.tanh(v)).mean() - exact)
    assert np.abs(errors).max() < 5e-5  # 16384 random samples: 3e-3
    assert len(set(errors)) == 8


def test_singular_and_wrong_covariances_give_finite_samples() -> None:
    one = some_covariance(3)
    found = samples(JointNormal(((A,), (A,)), 256, 1), one, one, one)
    np.testing.assert_allclose(found[:, :3], found[:, 3:], atol=1e-13)
    opposite = samples(JointNormal(((A,),), 256, 1), SINGULAR)
    np.testing.assert_allclose(opposite[:, 0], -2.0 * opposite[:, 1], atol=1e-14)
    assert not opposite[:, 2].any()
    beyond = samples(JointNormal(((), ()), 256, 1), 1.0, 1.0 + 1e-9, 1.0)
    np.testing.assert_allclose(beyond[:, 0], beyond[:, 1], atol=1e-14)
    assert np.isfinite(samples(JointNormal(((A,),), 256, 1), np.diag([1.0, -1e-18, 0.0]))).all()


def test_variables_of_very_different_sizes_keep_their_correlation() -> None:
    block = [[1e12, 0.5, 0.0], [0.5, 1e-12, 0.0], [0.0, 0.0, 1.0]]
    found = samples(JointNormal(((A,),), COUNT, 1), block)
    np.testing.assert_allclose(np.corrcoef(found.T), [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]], atol=2e-3)


def test_numpy_and_jax_make_the_same_samples() -> None:
    operation, blocks = JointNormal(((A,), (B,)), 64, 5, ((0, 0), (1, 1))), (SINGULAR, some_covariance(2))

    def compiled(one: Any, other: Any) -> Any:
        return samples(operation, one, other, xp=jnp)

    with jax.enable_x64(True):
        np.testing.assert_allclose(jax.jit(compiled)(*blocks), samples(operation, *blocks), rtol=1e-9, atol=1e-12)


def test_draws_side_by_side_have_the_samples_of_each() -> None:
    operation = JointNormal(((A,), ()), 64, 5, ((0, 0), (1, 1)))
    pair = [some_covariance(3, 1), some_covariance(3, 2)]
    found = samples(operation, pair, [0.1, 100.0], draws=(DRAWS,))
    for number, (block, variance) in enumerate(zip(pair, (0.1, 100.0), strict=True)):
        np.testing.assert_allclose(found[number], samples(operation, block, variance), rtol=1e-9, atol=1e-12)


def test_points_are_those_of_a_scrambled_sobol_sequence() -> None:
    sequence = stats.qmc.Sobol(5, bits=30, rng=np.random.default_rng(7))
    expected = stats.norm.ppf(sequence.random(256) + 0.5**31)
    found = normal_points(256, 5, 7, np.ones(1))
    np.testing.assert_allclose(np.sort(found, axis=0), np.sort(expected, axis=0), rtol=1e-12)
    first = [np.lexsort(points.T[::-1]) for points in (found, expected)]
    np.testing.assert_allclose(found[first[0]], expected[first[1]], rtol=1e-12)


def test_the_text_is_read_back() -> None:
    graph = GraphBuilder()
    blocks = [graph.add(Input("k", (A, A2))), graph.add(Input("v", (B,)))]
    operation = JointNormal(((A,), (B, A)), 8, 1, ((0, 0), (1, 1)))
    graph.add(operation, *blocks)
    graph.add(JointNormal(((A,),), 8, 1), blocks[0])
    text = print_graph(graph.build())
    assert "jointnormal(parts=[[a=3], [b=2, a=3]], neurons=8, seed=1, blocks=" in text
    assert print_graph(parse_graph(text, known())) == text
