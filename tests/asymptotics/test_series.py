"""Random tensors: one series is one variable, and arithmetic is that of the draws."""

from __future__ import annotations

import numpy as np
import pytest

from tests.asymptotics.laws import normal
from tp.asymptotics import LOG, Growth, N, Plan, batched, deterministic, joint, observed, random_tensor, sample
from tp.asymptotics.norm import subordinate_norm

DRAW = np.random.default_rng
VECTOR = batched(lambda n, count, draw: draw.standard_normal((count, n)), "v")
MATRIX = random_tensor(lambda n, draw: draw.standard_normal((3, n)), "A")
NUMBER = normal(0)


def test_single_and_batched_samplers() -> None:
    assert MATRIX.draw(4, 5, DRAW(0)).shape == (5, 3, 4)
    assert VECTOR.draw(4, 5, DRAW(0)).shape == (5, 4)
    assert NUMBER.draw(4, 5, DRAW(0)).shape == (5,)
    assert np.array_equal(deterministic(N * LOG).draw(4, 2, DRAW(0)), np.full(2, 4 * np.log(4)))


def test_one_series_is_one_variable() -> None:
    values = (NUMBER - NUMBER).draw(4, 10, DRAW(0))
    assert np.array_equal(values, np.zeros(10))
    assert ((NUMBER * NUMBER).draw(4, 10, DRAW(0)) >= 0).all()


def test_series_made_apart_are_independent() -> None:
    other = normal(0)
    product = (NUMBER * other).draw(4, 10000, DRAW(0))
    assert abs(product.mean()) < 5 / 100  # five standard errors


def test_joint_laws() -> None:
    """1 or n, and n divided by it: the product is n."""

    def both(n: int, count: int, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        first = np.where(draw.random(count) < 0.5, 1.0, n)
        return first, n / first

    one, two = joint(both, 2)
    for product in (one * two, two * one):
        assert np.array_equal(product.draw(8, 20, DRAW(0)), np.full(20, 8.0))
    assert set((one + two).draw(8, 20, DRAW(0))) == {9.0}


def test_sums_products_and_contractions() -> None:
    draw = (VECTOR.outer(VECTOR)).draw(4, 3, DRAW(0))
    vector = VECTOR.draw(4, 3, DRAW(0))
    assert np.allclose(draw, np.einsum("ka,kb->kab", vector, vector))
    image = MATRIX.contract(VECTOR).draw(4, 3, DRAW(1))
    generator = DRAW(1)
    a, v = MATRIX.draw(4, 3, generator), VECTOR.draw(4, 3, generator)
    assert np.allclose(image, np.einsum("kij,kj->ki", a, v))
    assert np.allclose(MATRIX.contract(MATRIX, 2).draw(4, 3, DRAW(0)), (MATRIX.draw(4, 3, DRAW(0)) ** 2).sum((1, 2)))
    scaled = (NUMBER * MATRIX).draw(4, 3, DRAW(2))
    generator = DRAW(2)
    assert np.allclose(scaled, NUMBER.draw(4, 3, generator)[:, None, None] * MATRIX.draw(4, 3, generator))
    same = VECTOR.draw(4, 3, DRAW(0))
    assert np.allclose((2 * VECTOR).draw(4, 3, DRAW(0)), 2 * same)
    assert np.allclose((VECTOR * N).draw(4, 3, DRAW(0)), 4 * same)
    assert np.allclose((VECTOR * Growth(lambda n: n + 1)).draw(4, 3, DRAW(0)), 5 * same)
    assert np.allclose((VECTOR / N).draw(4, 3, DRAW(0)), same / 4)
    assert np.allclose((VECTOR + VECTOR).draw(4, 3, DRAW(0)), 2 * same)


def test_samples_repeat_and_are_norms() -> None:
    plan = Plan((4, 8, 5), 6, seed=3)
    one, two = sample(MATRIX, plan), sample(MATRIX, plan)
    assert one.widths == (4, 5, 8)
    for n in one.widths:
        assert np.array_equal(one.lower[n], two.lower[n])
        assert one.lower[n].shape == (6,)
    assert one.exact
    assert not np.array_equal(one.lower[4], sample(MATRIX, Plan((4,), 6, seed=4)).lower[4])


def test_norms_of_every_rank() -> None:
    for rank in range(5):
        series = batched(lambda n, count, draw, rank=rank: draw.standard_normal((count,) + (3,) * rank))
        samples = sample(series, Plan((4,), 3))
        generator = np.random.default_rng([0, 4])
        for value, upper, tensor in zip(samples.lower[4], samples.upper[4], series.draw(4, 3, generator), strict=True):
            exact = subordinate_norm(tensor)
            assert value <= upper
            assert value <= exact.upper * (1 + 1e-9)
            assert upper >= exact.lower * (1 - 1e-9)
            assert rank > 2 or value == pytest.approx(exact.value)


@pytest.mark.parametrize(
    ("sampler", "message"),
    [
        (lambda n, count, draw: np.zeros(count + 1), r"6 draws .* the shape \(7,\)"),
        (lambda n, count, draw: np.zeros(()), r"the shape \(\)"),
        (lambda n, count, draw: np.full(count, np.nan), "finite"),
        (lambda n, count, draw: np.full(count, np.inf), "finite"),
        (lambda n, count, draw: np.zeros((count, 0)), "size 1 or more"),
        (lambda n, count, draw: np.full(count, 1j), "real entries"),
    ],
)
def test_samplers_are_checked(sampler: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        batched(sampler).draw(4, 6, DRAW(0))  # type: ignore[arg-type]


def test_other_errors() -> None:
    ragged = random_tensor(lambda n, draw: np.zeros(int(draw.integers(1, 9))))
    with pytest.raises(ValueError, match="one shape"):
        ragged.draw(4, 20, DRAW(0))
    with pytest.raises(ValueError, match="2 batches were asked for; the sampler gave 1"):
        joint(lambda n, count, draw: (np.zeros(count),), 2)[0].draw(4, 2, DRAW(0))
    with pytest.raises(ValueError, match="have no sum"):
        (VECTOR + MATRIX).draw(4, 2, DRAW(0))
    with pytest.raises(ValueError, match="use outer or contract"):
        (VECTOR * VECTOR).draw(4, 2, DRAW(0))
    with pytest.raises(ValueError, match="do not fit"):
        VECTOR.contract(MATRIX).draw(4, 2, DRAW(0))
    for widths, count in (((), 1), ((1,), 1), ((4,), 0)):
        with pytest.raises(ValueError, match="a plan needs"):
            Plan(widths, count)
    for values in ({}, {4: []}, {4: [np.nan]}, {1: [1.0]}):
        with pytest.raises(ValueError, match="samples need"):
            observed(values)
