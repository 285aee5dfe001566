"""Quantiles, their bootstrap resamples and their slopes."""

from __future__ import annotations

import numpy as np
import pytest

from tp.statistics.bootstrap import RESAMPLES, picks
from tp.statistics.quantile_profile import quantile_profile
from tp.statistics.quantiles import quantile, rank, supported, unseen

WIDTHS = (16, 32, 64, 128, 256)


@pytest.mark.parametrize(("level", "place"), [(0.5, 5), (0.75, 8), (0.9, 9), (0.01, 1), (1.0, 10)])
def test_rank_is_where_the_empirical_distribution_reaches_the_level(level: float, place: int) -> None:
    assert rank(level, 10) == place
    assert quantile(np.arange(10.0), level) == place - 1


def test_what_a_number_of_draws_supports() -> None:
    assert supported(0.9, 200)
    assert not supported(0.9, 199)
    assert supported(0.5, 40)
    assert unseen(200) == pytest.approx(0.1)
    assert unseen(10) == 1.0


def test_resampled_quantiles_have_the_law_of_resampling() -> None:
    """Against resamples that are drawn: means and spreads of places of three quantiles of 50 values."""
    levels = (0.25, 0.5, 0.9)
    found = picks((50,), levels, 0)[0]
    drawn = np.sort(np.random.default_rng(1).integers(50, size=(20_000, 50)), axis=1)
    for row, level in zip(found, levels, strict=True):
        places = drawn[:, rank(level, 50) - 1]
        assert row.mean() == pytest.approx(places.mean(), abs=5 * places.std() / np.sqrt(RESAMPLES))
        assert row.std() == pytest.approx(places.std(), rel=0.06)


def test_levels_of_one_resample_belong_together() -> None:
    found = picks((50,), (0.25, 0.5, 0.9), 0)[0]
    assert (np.diff(found, axis=0) >= 0).all()
    assert np.corrcoef(found[0], found[1])[0, 1] > 0.4


def test_slopes_are_those_of_weighted_least_squares() -> None:
    draw = np.random.default_rng(0)
    logs = {n: np.log(np.abs(draw.standard_normal(100))) - np.log(n) for n in WIDTHS}
    found = quantile_profile(logs, (0.5, 0.75))
    variances = draw.random(len(WIDTHS)) + 0.1
    x = np.log(WIDTHS)
    assert found.slope(0).value == pytest.approx(np.polyfit(x, found.logs[0], 1)[0])
    fitted = np.polyfit(x, found.logs.mean(axis=0), 1, w=variances**-0.5)[0]
    assert found.slope(slice(0, 2), None, variances).value == pytest.approx(fitted)
    assert found.slope(1).resampled[7] == pytest.approx(np.polyfit(x, found.resampled[1, :, 7], 1)[0])


def test_trends_are_differences_of_halves() -> None:
    found = quantile_profile({n: np.full(5, -np.log(n) + np.log(n) ** 2) for n in WIDTHS}, (0.5,))
    early, late = (np.polyfit(np.log(w), -np.log(w) + np.log(w) ** 2, 1)[0] for w in (WIDTHS[:3], WIDTHS[2:]))
    assert found.trend(0).value == pytest.approx(late - early)


def test_without_the_smallest_widths() -> None:
    found = quantile_profile({n: np.full(5, float(n)) for n in WIDTHS}, (0.5,)).since(2)
    assert found.widths == WIDTHS[2:]
    assert found.logs.tolist() == [[64.0, 128.0, 256.0]]
    assert found.resampled.shape == (1, 3, RESAMPLES)
    assert not found.long_enough


def test_zeros_are_not_finite() -> None:
    found = quantile_profile({n: np.array([-np.inf, 0.0, 1.0]) for n in WIDTHS}, (0.1, 0.9))
    assert not found.finite(0)
    assert found.finite(1)
    assert np.isfinite(found.resampled).all()
