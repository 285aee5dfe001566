"""Fits of exponents on synthetic samples with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from tp.statistics.fit import fit

WIDTHS = (64, 128, 256, 512, 1024)


def power(exponent: float, seeds: int = 128, key: int = 0) -> dict[int, np.ndarray]:
    draw = np.random.default_rng(key)
    return {n: np.abs(draw.normal(size=seeds)) * 3.0 * n**exponent for n in WIDTHS}


@pytest.mark.parametrize("exponent", [-2.0, -1.0, -0.5, 0.0, 0.5])
def test_power_laws_are_found(exponent: float) -> None:
    found = fit(power(exponent))
    assert found.slopes is not None
    assert found.slopes.overall.low <= exponent <= found.slopes.overall.high
    assert found.slopes.overall.high - found.slopes.overall.low < 0.4


def test_a_noiseless_power_law_is_exact() -> None:
    found = fit({n: np.full(5, 7.0 * n**-1.5) for n in WIDTHS})
    assert found.slopes is not None
    for estimate in (found.slopes.overall, found.slopes.lower, found.slopes.upper, found.slopes.tail):
        assert estimate.value == pytest.approx(-1.5)
        assert estimate.low == pytest.approx(-1.5)
        assert estimate.high == pytest.approx(-1.5)


def test_intervals_cover_at_the_stated_rate() -> None:
    """99 % intervals miss the truth in at most 3 % of 300 repetitions (binomial bound for a true 1 % rate)."""
    missed = 0
    for key in range(300):
        slopes = fit(power(-1.0, seeds=64, key=key)).slopes
        assert slopes is not None
        missed += not slopes.overall.low <= -1.0 <= slopes.overall.high
    assert missed <= 9


def test_fits_repeat() -> None:
    assert fit(power(-1.0)) == fit(power(-1.0))


def test_zeros_vanish() -> None:
    assert fit({n: np.zeros(8) for n in WIDTHS}).vanishes


def test_rounding_noise_vanishes() -> None:
    draw = np.random.default_rng(1)
    noise = {n: np.abs(draw.normal(size=64)) * 1e-16 for n in WIDTHS}
    assert fit(noise, dict.fromkeys(WIDTHS, 2e-16)).vanishes
    assert not fit(noise).vanishes


def test_a_quantity_that_sinks_into_rounding_gives_no_slope() -> None:
    samples = power(-1.0)
    samples[1024] = np.full(128, 1e-9)
    found = fit(samples, dict.fromkeys(WIDTHS, 1e-7))
    assert found.slopes is None
    assert found.problem is not None
    assert "medians below the rounding error at n = 1024" in found.problem


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_not_finite_give_no_slope(value: float) -> None:
    samples = power(-1.0)
    samples[256][3] = value
    found = fit(samples)
    assert found.slopes is None
    assert found.problem == "values that are not finite at n = 256"


def test_two_widths_give_no_slope() -> None:
    assert fit({64: np.ones(4), 1024: np.ones(4)}).slopes is None


def test_no_samples_is_an_error() -> None:
    with pytest.raises(ValueError, match="samples"):
        fit({})


def test_halves_see_a_bend() -> None:
    bent = {n: np.full(9, max(n**-0.5, 256**-0.5)) for n in WIDTHS}
    slopes = fit(bent).slopes
    assert slopes is not None
    assert slopes.lower.value == pytest.approx(-0.5)
    assert slopes.upper.value == pytest.approx(0.0)
    assert slopes.trend.low == pytest.approx(0.5)


def test_small_widths_before_a_bend_are_left_out() -> None:
    bent = {n: np.full(9, max(n**-1.0, 128**-1.0)) for n in WIDTHS}
    found = fit(bent)
    assert found.start == 128
    assert found.late is not None
    assert found.late.overall.value == pytest.approx(0.0)


def test_without_a_bend_every_width_counts() -> None:
    found = fit(power(-1.0))
    assert found.start == 64
    assert found.late is not None
    assert found.slopes is not None
    assert found.late.upper == found.slopes.upper
    assert found.late.overall.value == found.slopes.overall.value
