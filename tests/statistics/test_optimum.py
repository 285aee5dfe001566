"""The lowest place of a curve, what is typical of many, and their drift: no bias of the grid, and rates of error."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest

from tp.statistics.estimate import Estimate
from tp.statistics.optimum import Drift, Place, decided, drift, drift_at_large_n, lowest, typical

GRID = np.arange(-24, 25) / 8
WIDTHS = np.array([64, 128, 256, 512, 1024])


def quadratic(optimum: float) -> np.ndarray:
    """The loss of one step on one sample: zero at the rate 2^optimum."""
    return (1 - 2.0 ** (GRID - optimum)) ** 2


def wall(optimum: float) -> np.ndarray:
    """A loss that falls slowly, and then rises steeply: that of many steps."""
    return np.maximum(2.0 ** (-3 * (GRID - optimum)), 2.0 ** (40 * (GRID - optimum)))


@pytest.mark.parametrize(("loss", "error"), [(quadratic, 0.01), (wall, 0.13)])
def test_the_grid_does_not_attract_the_lowest_place(loss: object, error: float) -> None:
    """Wherever the optimum lies between rates, the error is small, and nearly the same."""
    assert callable(loss)
    found = np.array([lowest(GRID, loss(optimum)) - optimum for optimum in np.linspace(-0.5, 0.5, 101)])
    assert np.abs(found).max() < error
    assert found.std() < 0.03


def test_places_at_an_end_are_beyond_it() -> None:
    assert lowest(GRID, GRID**2) == 0
    assert lowest(GRID, GRID) == -inf
    assert lowest(GRID, -GRID) == inf
    assert lowest(GRID, np.full(len(GRID), inf)) == -inf


def test_diverged_runs_are_infinitely_bad() -> None:
    losses = np.where(GRID > 0, nan, GRID**2)
    assert -1 / 8 < lowest(GRID, losses) <= 0


def test_a_few_draws_without_an_optimum_do_no_harm() -> None:
    places = np.random.default_rng(0).normal(1.5, 0.1, 32)
    places[:4], places[4:6] = -inf, inf
    found = typical(places)
    assert found is not None
    assert found.value == pytest.approx(1.5, abs=0.1)
    assert found.interval().within(1.2, 1.8)
    places[:5] = -inf
    assert typical(places) is None


def simulated(draw: np.random.Generator, slope: float, seeds: int = 16) -> list[Place]:
    """Places with heavy tails around slope * log2 n, wider at small n, with a correction at finite n."""
    places: list[Place] = []
    correction = 0.05 * draw.normal()
    for n in WIDTHS:
        values = slope * np.log2(n) + correction * np.sqrt(64 / n) + 2 / np.sqrt(n) * draw.standard_t(4, seeds)
        place = typical(values)
        assert place is not None
        places.append(place)
    return places


def verdict_of(places: list[Place]) -> Drift:
    return decided(drift(WIDTHS, places), drift_at_large_n(WIDTHS, places))


@pytest.mark.parametrize("slope", [0.0, -1.0, 0.5])
def test_the_drift_lies_in_its_interval(slope: float) -> None:
    """At 99 %: of 500 simulations at most 12 miss it. A correct interval fails with probability 0.002."""
    draw = np.random.default_rng(1)
    found = [drift(WIDTHS, simulated(draw, slope)) for _ in range(500)]
    assert sum(e is None or not e.low <= slope <= e.high for e in found) <= 12


def test_the_drift_at_large_n_allows_for_corrections() -> None:
    """At 99 %: of 500 simulations at most 15 miss it, though corrections are as large as a factor of 2."""
    draw = np.random.default_rng(4)
    missed, curved = 0, 0
    for _ in range(500):
        correction, places = draw.normal() * 0.8, list[Place]()
        for n in WIDTHS:
            place = typical(-0.5 * np.log2(n) + correction * np.sqrt(64 / n) + 2 / np.sqrt(n) * draw.normal(size=16))
            assert place is not None
            places.append(place)
        found, plain = drift_at_large_n(WIDTHS, places), drift(WIDTHS, places)
        assert found is not None
        assert plain is not None
        missed += not found.low <= -0.5 <= found.high
        curved += not plain.low <= -0.5 <= plain.high
    assert missed <= 15
    assert curved > 100


@pytest.mark.parametrize(("slope", "wrong"), [(0.0, Drift.DRIFTS), (0.15, Drift.TRANSFERS), (-0.5, Drift.TRANSFERS)])
def test_wrong_verdicts_are_rare(slope: float, wrong: Drift) -> None:
    draw = np.random.default_rng(2)
    found = [verdict_of(simulated(draw, slope)) for _ in range(500)]
    assert found.count(wrong) <= 5


def test_verdicts_are_reached() -> None:
    draw = np.random.default_rng(3)
    still = [verdict_of(simulated(draw, 0.0, seeds=64)) for _ in range(100)]
    moving = [verdict_of(simulated(draw, -0.8)) for _ in range(100)]
    assert still.count(Drift.TRANSFERS) > 80
    assert moving.count(Drift.DRIFTS) > 95


@pytest.mark.parametrize(
    ("interval", "limit", "verdict"),
    [
        ((-0.05, 0.06), (-0.2, 0.3), Drift.TRANSFERS),
        ((-0.05, 0.06), (0.15, 0.3), Drift.UNDECIDED),
        ((-0.05, 0.2), (-0.2, 0.3), Drift.UNDECIDED),
        ((0.01, 0.06), (0.01, 0.3), Drift.UNDECIDED),
        ((0.05, 0.2), (-0.1, 0.3), Drift.UNDECIDED),
        ((0.05, 0.3), (0.01, 0.6), Drift.DRIFTS),
        ((-1.1, -0.9), (-1.3, -0.7), Drift.DRIFTS),
        ((-0.05, 0.06), None, Drift.UNDECIDED),
    ],
)
def test_what_intervals_say(interval: tuple[float, float], limit: tuple[float, float] | None, verdict: Drift) -> None:
    ends = [None if found is None else Estimate(sum(found) / 2, *found, 0.99) for found in (interval, limit)]
    assert decided(*ends) is verdict
