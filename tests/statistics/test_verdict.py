"""Verdicts on synthetic data, with their error rates."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from tests.marks import slow
from tp.statistics.fit import Fit, fit
from tp.statistics.verdict import Verdict
from tp.statistics.verdict_of_fit import coarse, judge, unpredicted

WIDTHS = (64, 128, 256, 512, 1024, 8192)
LARGE = (1024, 2048, 4096, 8192, 16384, 65536)
"""Widths at which a decay may be called faster than predicted."""
HALF = Fraction(1, 2)


def noisy(size: object, seeds: int = 512, key: int = 0, widths: tuple[int, ...] = WIDTHS) -> Fit:
    """A fit to |N(0, 1)| times ``size(n)``."""
    draw = np.random.default_rng(key)
    return fit({n: np.abs(draw.normal(size=seeds)) * size(n) for n in widths})  # type: ignore[operator]


def rates(
    predicted: Fraction, size: object, seeds: int, repetitions: int = 200, widths: tuple[int, ...] = WIDTHS
) -> Counter[Verdict]:
    return Counter(judge(predicted, noisy(size, seeds, key, widths)).verdict for key in range(repetitions))


def test_the_truth_is_confirmed_and_never_refuted() -> None:
    """At 512 seeds at most 3 % of true predictions stay undecided, and none of 200 is refuted or loose."""
    found = rates(Fraction(-1), lambda n: n**-1.0, 512)
    assert found[Verdict.CONFIRMED] >= 194
    assert found[Verdict.REFUTED] + found[Verdict.LOOSE] == 0


def test_small_samples_are_undecided_rather_than_wrong() -> None:
    """With 8 seeds nothing can be confirmed reliably: at most 2 % of 200 false predictions are."""
    found = rates(Fraction(-1), lambda n: n**-0.5, 8)
    assert found[Verdict.CONFIRMED] <= 4


@pytest.mark.parametrize("true", [-0.5, *slow([-1.5])])
def test_half_a_power_off_is_never_confirmed(true: float) -> None:
    found = rates(Fraction(-1), lambda n: n**true, 512)
    assert found[Verdict.CONFIRMED] == 0
    assert found[Verdict.REFUTED if true > -1 else Verdict.UNDECIDED] >= 150
    assert found[Verdict.LOOSE] == 0


def test_faster_decay_is_loose_at_large_widths_only() -> None:
    found = rates(Fraction(-1), lambda n: n**-1.5, 256, widths=LARGE)
    assert found[Verdict.LOOSE] >= 150
    assert found[Verdict.CONFIRMED] + found[Verdict.REFUTED] == 0


def test_looking_after_every_block_of_seeds_stays_safe() -> None:
    """Stopping at the first decision out of 8 looks refutes at most 1 % of 200 true predictions."""
    wrong = 0
    for key in range(200):
        draw = np.random.default_rng(key)
        values = {n: np.abs(draw.normal(size=512)) / n for n in WIDTHS}
        for seeds in range(64, 513, 64):
            verdict = judge(Fraction(-1), fit({n: v[:seeds] for n, v in values.items()})).verdict
            if verdict is not Verdict.UNDECIDED:
                wrong += verdict is not Verdict.CONFIRMED
                break
    assert wrong <= 2


def saturating(crossover: float) -> object:
    """Falls as n^{-1/2} and levels off at ``crossover``: single-head attention with scores over sqrt(n)."""
    return lambda n: (1 / n + 1 / crossover) ** 0.5


@pytest.mark.parametrize("predicted", [Fraction(0), -HALF])
@pytest.mark.parametrize("crossover", [300.0, 500.0])
def test_a_plateau_ahead_is_not_taken_for_a_decay(predicted: Fraction, crossover: float) -> None:
    """Only undecided, or confirmed at 0: at most 5 % of 100 runs come out otherwise."""
    found = rates(predicted, saturating(crossover), 512, repetitions=100)
    wrong = found[Verdict.LOOSE] + (found[Verdict.CONFIRMED] if predicted else found[Verdict.REFUTED])
    assert wrong <= 5


def test_below_the_plateau_nothing_is_loose() -> None:
    exact = noisy(lambda n: n**-0.5, widths=(32, 64, 128, 256, 512))
    assert judge(Fraction(0), exact).verdict is Verdict.UNDECIDED


def test_a_bend_towards_the_prediction_is_undecided() -> None:
    bend = fit({n: np.full(9, 1 / (1 + n / 300) ** 2) for n in WIDTHS[:-1]})
    found = judge(Fraction(-2), bend)
    assert found.verdict is Verdict.UNDECIDED
    assert "towards" in found.reason


def test_a_short_range_of_widths_decides_nothing() -> None:
    found = judge(Fraction(-1), noisy(lambda n: 1 / n, widths=(64, 128, 256)))
    assert found.verdict is Verdict.UNDECIDED
    assert "factor" in found.reason


def test_zero_predicted_and_zero_measured() -> None:
    assert judge(None, fit({n: np.zeros(4) for n in WIDTHS})).verdict is Verdict.CONFIRMED


def test_zero_predicted_but_something_measured() -> None:
    assert judge(None, noisy(lambda n: n**-3.0)).verdict is Verdict.REFUTED


def test_zero_predicted_and_one_seed_differs() -> None:
    samples = {n: np.zeros(64) for n in WIDTHS}
    samples[512][7] = 1e-3
    floors = dict.fromkeys(WIDTHS, 1e-16)
    assert judge(None, fit(samples, floors)).verdict is Verdict.REFUTED


def test_a_power_predicted_but_zero_measured_is_undecided() -> None:
    assert judge(Fraction(-2), fit({n: np.zeros(4) for n in WIDTHS})).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("predicted", [Fraction(0), None])
def test_nan_is_undecided(predicted: Fraction | None) -> None:
    samples = {n: np.ones(8) for n in WIDTHS}
    samples[64][0] = np.nan
    found = judge(predicted, fit(samples))
    assert found.verdict is Verdict.UNDECIDED
    assert "finite" in found.reason
    assert not found.more


def test_no_prediction_is_undecided() -> None:
    assert unpredicted(noisy(lambda n: 1 / n)).verdict is Verdict.UNDECIDED


def test_a_heavier_tail_is_not_confirmed() -> None:
    """The median and the upper quartile are flat but one sample in seven grows like the square root of n."""
    samples = {n: np.concatenate([np.full(171, 1.0), np.full(29, n**0.5)]) for n in WIDTHS}
    found = judge(Fraction(0), fit(samples))
    assert found.verdict is Verdict.UNDECIDED
    assert "about 1 in 7 draws grows faster" in found.reason


def test_added_widths_do_not_call_for_shorter_intervals() -> None:
    """±0.1 is short enough for 64 to 1024, and too long for 64 to 65536."""
    found = noisy(lambda n: 1 / n, 20, widths=(64, 128, 256, 512, 1024, 65536))
    assert found.late is not None
    assert 0.07 < found.late.overall.half_width < 0.15
    assert coarse(found)
    assert not coarse(found, 1024)
    assert coarse(noisy(lambda n: 1 / n, 40, widths=WIDTHS[:5]), 1024)
