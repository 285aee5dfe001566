"""Rare draws: down to which probability a bound is supported, and whether some draws grow."""

from __future__ import annotations

import numpy as np
import pytest

from tp.statistics.rare_events import AGAINST, NEEDED, SHARES, Tail, growing_share, supported_share, tail

WIDTHS = np.array([64, 128, 256, 512, 1024, 8192, 65536])
SEEDS = (256, 256, 256, 128, 64, 64, 64)


def drawn(key: int, probability: float = 0.0, power: float = 1.0, heavy: bool = False, fewer: bool = False) -> Tail:
    draw = np.random.default_rng(key)
    logs: list[np.ndarray] = []
    for n, seeds in zip(WIDTHS, SEEDS, strict=True):
        values = np.abs(draw.standard_cauchy(seeds) if heavy else draw.normal(size=seeds))
        chance = probability * 64 / n if fewer else probability
        logs.append(np.sort(np.log(values * np.where(draw.random(seeds) < chance, float(n) ** power, 1.0))))
    return tail(logs, np.zeros(len(WIDTHS)), np.log(WIDTHS))


@pytest.mark.parametrize("probability", [0.05, 0.08, 0.2])
def test_draws_that_grow_are_seen(probability: float) -> None:
    """Of 40 samples of at least 50 such draws, 38 show it."""
    found = [growing_share(drawn(key, probability), 0.125) for key in range(40)]
    shares = [share for share in found if share is not None]
    assert len(shares) >= 38
    assert probability / 3 < np.median(shares) < 2 * probability


@pytest.mark.parametrize("heavy", [False, True])
def test_draws_that_do_not_grow_are_not(heavy: bool) -> None:
    assert sum(growing_share(drawn(key, heavy=heavy), 0.125) is not None for key in range(100)) <= 3


def test_large_draws_that_become_fewer_do_not_count() -> None:
    """n^2 with a probability that falls as 1/n is O(1)."""
    assert sum(growing_share(drawn(key, 0.2, 2.0, fewer=True), 0.125) is not None for key in range(40)) <= 2


def test_support_ends_where_draws_grow() -> None:
    """The quantile beyond which one draw in 12 lies grows as n: no smaller share is supported, except by chance."""
    found = [supported_share(drawn(key, 0.08), 0.25) or 1.0 for key in range(60)]
    assert sum(share < 0.08 for share in found) <= 3
    assert np.median([supported_share(drawn(key), 0.25) or 1.0 for key in range(20)]) <= 0.033


@pytest.mark.parametrize(("seeds", "middle"), [(SEEDS, 2), ((1000, 10, 10), 1), ((10, 10, 1000), 2), ((9,) * 5, 2)])
def test_both_parts_have_many_draws(seeds: tuple[int, ...], middle: int) -> None:
    logs = [np.zeros(count) for count in seeds]
    assert tail(logs, np.zeros(len(logs)), np.arange(float(len(logs)))).middle == middle


def test_support_needs_draws() -> None:
    few = tail([np.zeros(4)] * 4, np.zeros(4), np.arange(4.0))
    assert supported_share(few, 0.25) is None
    assert growing_share(few, 0.125) is None


def test_more_growth_is_easier_to_exclude() -> None:
    sample = drawn(0)
    shares = [supported_share(sample, slope) or 1.0 for slope in (0.25, 0.5, 1.0)]
    assert shares == sorted(shares, reverse=True)
    assert set(shares) <= set(SHARES)


def by_definition(found: Tail, slope: float) -> float | None:
    """The least share that no line fits, by a look at all lines."""
    low, high, lows, highs = found.above(slope, found.lines(slope))
    for share in sorted(SHARES):
        misfits = []
        for a, b in [(0.0, 0.0), *zip(low, high, strict=True)]:
            below, above = (a, lows, a > share * lows), (b, highs, b < share * highs)
            misfits.append(sum(deviance(count, draws, share) for count, draws, off in (below, above) if off))
        if min(misfits) >= AGAINST:
            return share
    return None


def deviance(count: float, draws: int, share: float) -> float:
    parts = ((count, share), (draws - count, 1 - share))
    return 2 * sum(k * np.log(k / draws / p) for k, p in parts if k)


@pytest.mark.parametrize("key", range(3))
def test_support_is_that_of_the_best_of_all_lines(key: int) -> None:
    for sample in (drawn(key), drawn(key, 0.05), drawn(key, 0.1, 0.0), drawn(key, heavy=True)):
        assert supported_share(sample, 0.375) == by_definition(sample, 0.375)


def test_large_values_of_a_fixed_size_are_bounded() -> None:
    """1000 with probability 0.1, else 1: the 90 % quantile lies anywhere between, and that at 98 % is 1000."""
    draw = np.random.default_rng(0)
    logs = [np.sort(np.where(draw.random(seeds) < 0.1, np.log(1000), 0.0)) for seeds in SEEDS]
    found = supported_share(tail(logs, np.zeros(len(WIDTHS)), np.log(WIDTHS)), 0.375)
    assert found is not None
    assert found <= NEEDED
