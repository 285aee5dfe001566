"""Odds between laws: a true law is rarely rejected, however often one looks (Ville's inequality)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tp.statistics.corrections import Centres, averaged
from tp.statistics.fit import fit
from tp.statistics.obstacles import LOOSE_WIDTH
from tp.statistics.rival_laws import floor_misfit, larger_misfit, law_misfit, powers_misfit, slow_misfit
from tp.statistics.verdict import Verdict
from tp.statistics.verdict_of_fit import judge

X = np.log(np.array([64, 128, 256, 512, 1024, 8192, 65536], dtype=np.float64))
LOOKS, ODDS, RUNS = 5, 10.0, 50


def looks(law: np.ndarray, key: int) -> list[Centres]:
    """The data after each of several rounds of draws; the variance of one round is 0.15^2 everywhere."""
    noise = 0.15 * np.random.default_rng(key).normal(size=(LOOKS, len(X)))
    return [Centres(X, law + noise[:k].mean(axis=0), np.full(len(X), 0.15**2 / k)) for k in range(1, LOOKS + 1)]


def ever(law: np.ndarray, excess: object) -> int:
    """In how many of the runs the law is rejected at some look."""
    enough = 2 * np.log(ODDS)
    return sum(any(excess(data) >= enough for data in looks(law, key)) for key in range(RUNS))  # type: ignore[operator]


EDGE = np.log(64) + 0.75 * (X[-1] - X[0])


@pytest.mark.parametrize("crossing", [X[2], EDGE])
def test_a_true_floor_is_rejected_as_seldom_as_stated(crossing: float) -> None:
    """1/n + a constant, as n^(-1/2): at odds of 10 in at most 1 of 10 runs, so in 13 of 50 with probability 0.001."""
    law = np.logaddexp(-X, -crossing)
    assert ever(law, lambda data: floor_misfit(data, 0.0) - law_misfit(data, -0.5)) <= 13
    assert ever(law, lambda data: floor_misfit(data, 0.0) - powers_misfit(data, -4.0, 0.0)) <= 13


@pytest.mark.parametrize("start", [300, 15_000])
def test_a_true_slow_start_is_rejected_as_seldom_as_stated(start: float) -> None:
    law = -np.log1p(np.exp(X) / start)
    assert ever(law, lambda data: slow_misfit(data, -1.0) - larger_misfit(data, -1.0, 0.5)) <= 13


def test_averages_lie_between_the_best_and_the_number_of_laws() -> None:
    misfits = np.array([3.0, 50.0, 60.0])
    assert 3.0 < averaged(misfits) <= 3.0 + 2 * np.log(3)
    assert averaged(np.full(5, 7.0)) == pytest.approx(7.0)


WIDTHS = (64, 128, 256, 512, 1024, 8192, LOOSE_WIDTH)


def verdict(predicted: Fraction, exponent: float, grid: Fraction | None = None, exact: bool = True) -> Verdict:
    draw = np.random.default_rng(3)
    found = fit({n: np.exp(0.05 * draw.normal(size=256)) * n**exponent for n in WIDTHS})
    return judge(predicted, found, grid, exact=exact).verdict


@pytest.mark.parametrize("exponent", [0.17, 0.1, -0.15])
def test_an_interval_that_excludes_the_prediction_confirms_nothing(exponent: float) -> None:
    assert verdict(Fraction(0), exponent) is not Verdict.CONFIRMED


def test_the_margin_knows_its_neighbours() -> None:
    assert verdict(Fraction(-3, 4), -0.75, Fraction(1, 8)) is Verdict.CONFIRMED
    assert verdict(Fraction(-1), -0.75, Fraction(1, 2)) is not Verdict.CONFIRMED
    assert verdict(Fraction(-1), -0.75, Fraction(1, 4)) is Verdict.REFUTED
    assert verdict(Fraction(-3, 4), -2 / 3, Fraction(1, 12)) is Verdict.REFUTED


def test_bounds_that_the_data_keep_are_consistent() -> None:
    assert verdict(Fraction(-1, 2), -0.75, Fraction(1, 4), exact=False) is Verdict.CONSISTENT
    assert verdict(Fraction(-1, 2), -0.5, Fraction(1, 4), exact=False) is Verdict.CONFIRMED
    assert verdict(Fraction(-1, 2), 0.0, Fraction(1, 4), exact=False) is Verdict.REFUTED
    assert verdict(Fraction(-1, 2), -0.75, Fraction(1, 4)) is Verdict.LOOSE


def test_reasons_name_the_grid_and_the_rare_events() -> None:
    draw = np.random.default_rng(3)
    found = judge(Fraction(-1), fit({n: np.exp(0.05 * draw.normal(size=256)) / n for n in WIDTHS}), Fraction(1, 8))
    assert "no other multiple of 1/8 fits" in found.reason
    assert f"up to events rarer than 1 in {round(1 / found.unseen)}" in found.reason
    assert found.unseen <= 0.02


def test_a_shrinking_spread_leaves_a_larger_slope_open() -> None:
    """exp of heavy tails that settle: the typical size grows for decades, though its order is 1/n."""
    draw = np.random.default_rng(5)
    wide = {n: np.exp(8 * (64 / n) ** 0.3 * np.abs(draw.normal(size=128))) * n**0.5 for n in WIDTHS[:6]}
    found = judge(Fraction(-1), fit(wide))
    assert found.verdict is Verdict.UNDECIDED
    assert "spread" in found.reason or "tails" in found.reason
