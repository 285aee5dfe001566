"""Sizes beside exponents: the interval covers the number that n^-e |Q| tends to, and heavy tails give a median."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import exp, sqrt

import numpy as np
import pytest

from tests.marks import slow
from tp.statistics.estimate import LEVEL, Estimate
from tp.statistics.quantile_profile import quantile_profile
from tp.statistics.size import Size, moments, size, written

Draw = Callable[[np.random.Generator, int, int], np.ndarray]
FEW = {64: 512, 128: 512, 256: 512, 512: 256, 1024: 128}
FAR = {64: 512, 128: 512, 256: 512, 512: 256, 1024: 256, 8192: 64, 65536: 64}
RUNS = 200
Z = 0.6744897501960817
"""The median of |N(0, 1)|."""


def normal(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return draw.normal(size=seeds)


def times(correction: Callable[[int], float], law: Draw = normal) -> Draw:
    return lambda draw, seeds, n: law(draw, seeds, n) * correction(n)


def product(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return draw.normal(size=seeds) * draw.normal(size=seeds)


LAWS: Mapping[str, tuple[Draw, float]] = {
    "normal": (normal, 1.0),
    "a kernel": (lambda draw, seeds, n: 1 + 0.83 * draw.normal(size=seeds) / sqrt(n), 1.0),
    "a mean beside a spread": (lambda draw, seeds, n: 1 + draw.normal(size=seeds), sqrt(2)),
    "a product of two": (product, 1.0),
    "Student t (5)": (lambda draw, seeds, n: draw.standard_t(5, size=seeds), sqrt(5 / 3)),
    "1 + 2 n^-1/2": (times(lambda n: 1 + 2 / sqrt(n)), 1.0),
    "1 + 8 n^-1/2": (times(lambda n: 1 + 8 / sqrt(n)), 1.0),
    "1 - 4 n^-1/2": (times(lambda n: 1 - 4 / sqrt(n)), 1.0),
    "1 + 20/n": (times(lambda n: 1 + 20 / n), 1.0),
    "a fading cube": (lambda draw, seeds, n: draw.normal(size=seeds) + draw.normal(size=seeds) ** 3 / sqrt(n), 1.0),
    "precise": (
        times(lambda n: 1 + 3 / sqrt(n), lambda draw, seeds, n: np.exp(0.05 * draw.normal(size=seeds))),
        exp(0.05**2),
    ),
}


def sizes(law: Draw, counts: Mapping[int, int], key: int, exponent: float = -1.0) -> Size:
    draw = np.random.default_rng([key, len(counts)])
    values = {n: np.sort(np.abs(n**exponent * law(draw, seeds, n))) for n, seeds in counts.items()}
    data = quantile_profile({n: np.log(v) for n, v in values.items()}, [0.5], resamples=1000)
    measured = size(moments(values.values(), data), exponent, LEVEL)
    assert measured is not None
    return measured


def covered(law: Draw, counts: Mapping[int, int], truth: float, runs: int) -> float:
    """The fraction of runs with a root mean square whose interval has the truth."""
    found = [sizes(law, counts, key) for key in range(runs)]
    ends = [one.coefficient for one in found if one.squares]
    assert len(ends) > 0.9 * runs
    return float(np.mean([e.low <= truth <= e.high for e in ends]))


@pytest.mark.parametrize("counts", [FEW, FAR], ids=["from 64 to 1024", "from 64 on"])
@pytest.mark.parametrize("name", slow(LAWS, {"normal", "a kernel", "1 + 8 n^-1/2", "precise"}))
def test_the_interval_covers_the_limit(name: str, counts: Mapping[int, int]) -> None:
    """Intervals at 99 %. With 200 runs, 95 % is five standard deviations below that."""
    law, truth = LAWS[name]
    assert covered(law, counts, truth, RUNS) >= 0.95


def test_the_interval_is_short_where_draws_are_precise() -> None:
    found = sizes(LAWS["a kernel"][0], FAR, 0).coefficient
    assert found.half_width < 0.003


def test_a_size_without_the_correction_would_not_be_covered() -> None:
    """What the lines are for: the plain mean of sizes from 64 to 1024 is off by more than its error."""
    law, truth = LAWS["1 + 8 n^-1/2"]
    found = sizes(law, FEW, 0)
    assert found.at(1024).low > truth / 1024
    assert found.coefficient.low <= truth <= found.coefficient.high


def test_heavy_tails_give_a_median() -> None:
    """Student t (2) has no variance: hardly ever is a root mean square printed. Medians are covered."""
    found = [sizes(lambda draw, seeds, n: draw.standard_t(2, size=seeds), FAR, key) for key in range(RUNS)]
    medians = [one.coefficient for one in found if not one.squares]
    assert len(medians) >= 0.8 * RUNS
    assert np.mean([e.low <= 0.8164965809 <= e.high for e in medians]) >= 0.95


def test_rare_draws_do_not_make_the_size() -> None:
    """The mean square of n with probability 16/n, else 1, is of order n: the median is that of the limit law."""

    def law(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
        return normal(draw, seeds, n) * np.where(draw.random(seeds) < 16 / n, float(n), 1.0)

    found = [sizes(law, FAR, key, exponent=0.0) for key in range(50)]
    assert not any(one.squares for one in found)
    assert np.mean([one.coefficient.low <= Z <= one.coefficient.high for one in found]) >= 0.9


def test_sizes_of_any_magnitude() -> None:
    """The coefficient of n^-80 is that of n^0, for the same draws."""
    plain = sizes(normal, FEW, 0, exponent=0.0).coefficient
    for power in (-80.0, 80.0):
        found = sizes(normal, FEW, 0, exponent=power).coefficient
        assert [found.low, found.value, found.high] == pytest.approx([plain.low, plain.value, plain.high])


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.4312, 0.401, 0.462, 0.99), "0.43 [0.40, 0.46]"),
        (Estimate(0.8587, 0.8581, 0.8593, 0.99), "0.8587 [0.8581, 0.8593]"),
        (Estimate(1234.0, 1100.0, 1400.0, 0.99), "1234 [1100, 1400]"),
        (Estimate(3.21e-7, 3.0e-7, 3.5e-7, 0.99), "3.2e-07 [3.0e-07, 3.5e-07]"),
        (Estimate(1.0, 1.0, 1.0, 0.99), "1.00000 [1.00000, 1.00000]"),
        (Estimate(0.0, 0.0, 0.0, 0.99), "0"),
    ],
)
def test_digits_are_those_that_the_interval_leaves(estimate: Estimate, text: str) -> None:
    assert written(estimate) == text
