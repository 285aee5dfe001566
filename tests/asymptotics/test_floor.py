"""A constant plus noise against decay."""

from __future__ import annotations

import numpy as np
import pytest

from tests.asymptotics.laws import EVEN, NOISY_CONSTANT, cauchy, normal
from tp.asymptotics import Plan, Samples, Verdict, batched, decays, observed


def constant(size: float) -> object:
    return batched(lambda n, count, draw: size + draw.standard_normal(count) / n**0.5)


@pytest.mark.parametrize("power", [-0.5, -1.0, -2.0])
def test_powers_decay(power: float) -> None:
    found = decays(normal(power))
    assert found.verdict is Verdict.CONFIRMED
    assert found.share is not None
    assert found.share.low <= 0.05
    assert found.share.high < 0.5


def test_heavy_tails_decay() -> None:
    assert decays(cauchy(-1)).verdict is Verdict.CONFIRMED


def test_a_constant_with_noise_that_vanishes() -> None:
    found = decays(NOISY_CONSTANT)
    assert found.verdict is Verdict.REFUTED
    assert found.floor is not None
    assert found.floor.low <= 0.3 <= found.floor.high
    assert decays(NOISY_CONSTANT, level=0.9).verdict is Verdict.REFUTED


def test_flat_and_growing_ones_do_not_decay() -> None:
    assert decays(normal(0)).verdict is Verdict.REFUTED
    found = decays(normal(0.5))
    assert found.verdict is Verdict.REFUTED
    assert "the quantile grows" in found.reason


def test_a_constant_that_is_hardly_reached_is_undecided() -> None:
    """A floor of 0.02 under 0.01 of noise at n = 4096: too late to call it a decay, too early for a floor."""
    assert decays(constant(0.01)).verdict is Verdict.UNDECIDED  # type: ignore[arg-type]


def test_two_powers_are_no_floor() -> None:
    found = decays(batched(lambda n, count, draw: (1 / n + n**-0.25) * draw.standard_normal(count)))
    assert found.verdict is not Verdict.REFUTED


def test_exact_curves() -> None:
    """Without noise the constant is found to the resolution of the exponents."""
    found = decays(observed({n: np.full(100, 2.0 + 30.0 / n) for n in EVEN.widths}))
    assert found.verdict is Verdict.REFUTED
    assert found.floor is not None
    assert found.floor.value == pytest.approx(2.0, rel=1e-6)
    pure = decays(observed({n: np.full(100, 30.0 / n) for n in EVEN.widths}))
    assert pure.verdict is Verdict.CONFIRMED
    assert pure.share is not None
    assert pure.share.value == pytest.approx(0.0, abs=1e-6)


def test_small_samples_decide_nothing() -> None:
    for plan in (Plan(EVEN.widths, 20), Plan((16, 32, 64), 1000), Plan((64, 80, 96, 128), 1000)):
        assert decays(normal(-1), plan).verdict is Verdict.UNDECIDED
    assert decays(observed({n: np.zeros(100) for n in EVEN.widths})).verdict is Verdict.UNDECIDED


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        decays(normal(0), level=1.0)
    one, two = ({n: np.ones(100) * k for n in EVEN.widths} for k in (1, 2))
    with pytest.raises(ValueError, match="known exactly"):
        decays(Samples(one, two))


def test_error_rates() -> None:
    """Of 20 samples each, no decay is called a floor, no floor a decay, and most are decided."""
    right = 0
    for seed in range(20):
        plan = Plan((16, 32, 64, 128, 256, 512, 1024, 2048, 4096), 400, seed)
        falling, level = decays(normal(-0.5), plan), decays(NOISY_CONSTANT, plan)
        assert falling.verdict is not Verdict.REFUTED
        assert level.verdict is not Verdict.CONFIRMED
        right += (falling.verdict is Verdict.CONFIRMED) + (level.verdict is Verdict.REFUTED)
    assert right >= 30


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_a_decay_as_a_power_of_log_n_is_no_constant(power: float) -> None:
    series = batched(lambda n, count, draw: draw.standard_normal(count) / np.log(n) ** power)
    found = decays(series)
    assert found.verdict is Verdict.UNDECIDED
    if power == 1.0:
        assert "power of log n" in found.reason
