"""Hill's estimator of the tail index."""

from __future__ import annotations

import numpy as np
import pytest

from tp.asymptotics import tail_index


@pytest.mark.parametrize("index", [0.5, 1.0, 3.0])
def test_pareto_tails(index: float) -> None:
    """The interval is exact for them: of 200 at 90 %, between 168 and 192 cover (99.5 % of the time)."""
    draw = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        found = tail_index((1 - draw.random(1000)) ** (-1 / index), 0.9)
        assert found is not None
        covered += found.low <= index <= found.high
    assert 168 <= covered <= 192


def test_light_tails_have_large_indices() -> None:
    found = tail_index(np.random.default_rng(0).standard_normal(2000))
    assert found is not None
    assert found.low > 3


def test_scale_and_sign_do_not_matter() -> None:
    values = np.random.default_rng(0).standard_cauchy(1000)
    one, two = tail_index(values), tail_index(-1e6 * values)
    assert one is not None
    assert two is not None
    assert one.value == pytest.approx(two.value)


@pytest.mark.parametrize("values", [np.ones(1000), np.zeros(1000), np.arange(100.0)])
def test_no_index(values: np.ndarray) -> None:
    assert tail_index(values) is None
