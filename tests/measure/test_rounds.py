"""How many seeds a round has at each width."""

from __future__ import annotations

import pytest

from tp.measure.rounds import BLOCK, CALL_SECONDS, FIRST, LATER, MOST_IN_ROUND, ROUND_SECONDS, adaptive, fixed, in_call

CHEAP = {n: 1e-3 + 3e-8 * n**2 for n in (64, 128, 256, 512, 1024)}
"""Weights materialised: some 30 ms at width 1024."""
WIDE = {n: 3e-3 + 3e-6 * n for n in (100, 316, 1000, 3162, 10_000, 31_623, 100_000, 316_228, 1_000_000)}
"""Weights conditioned: 3 s at width 10^6."""


def test_cheap_widths_have_the_most_of_all_rounds() -> None:
    first, second, *_ = adaptive(CHEAP, 512)
    assert first == {64: 256, 128: 256, 256: 212, 512: 122, 1024: 64}
    assert first == second


def test_expensive_widths_have_few() -> None:
    first, second, *_ = adaptive(WIDE, 512)
    assert list(first.values()) == [256, 256, 256, 248, 153, 89, 50, 28, 16]
    assert list(second.values()) == [4, 7, 13, 22, 38, 62, 89, 110, 121]


def test_seeds_go_as_one_over_the_root_of_the_cost() -> None:
    first, *_ = adaptive({10: 1.0, 20: 4.0, 30: 9.0}, 512)
    assert first == {10: 3 * first[30], 20: 1.5 * first[30], 30: FIRST}


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 0.1, 1.0, 10.0, 1e9])
def test_rounds_of_any_cost_have_seeds_within_bounds(scale: float) -> None:
    costs = {n: scale * cost for n, cost in WIDE.items()}
    rounds = adaptive(costs, 512)
    for seeds, fewest, budget in ((rounds.first, FIRST, 2 * ROUND_SECONDS), (rounds.later, LATER, ROUND_SECONDS)):
        assert all(fewest <= count <= MOST_IN_ROUND for count in seeds.values())
        assert fewest <= seeds[1_000_000] <= BLOCK
        spent = sum(count * costs[n] for n, count in seeds.items())
        assert spent <= 1.1 * budget or seeds[1_000_000] == fewest


def test_later_rounds_begin_at_the_largest_width() -> None:
    first, second, *_ = adaptive(CHEAP, 512)
    assert list(first) == sorted(CHEAP)
    assert list(second) == sorted(CHEAP, reverse=True)


@pytest.mark.parametrize(("costs", "most"), [(CHEAP, 512), (CHEAP, 200), (WIDE, 512), (WIDE, 5)])
def test_rounds_end_with_the_most_at_the_largest_width(costs: dict[int, float], most: int) -> None:
    rounds = list(adaptive(costs, most))
    assert sum(seeds[max(costs)] for seeds in rounds) == most
    assert all(count >= 1 for seeds in rounds for count in seeds.values())


@pytest.mark.parametrize("seeds", [1, 63, 64, 65, 1000])
def test_fixed_seeds_are_the_same_everywhere(seeds: int) -> None:
    rounds = list(fixed(WIDE, seeds))
    assert {n: sum(r[n] for r in rounds) for n in WIDE} == dict.fromkeys(WIDE, seeds)


@pytest.mark.parametrize("rounds", [fixed(CHEAP, 130), adaptive(CHEAP, 512), adaptive(WIDE, 512)])
def test_the_cost_of_all_rounds_is_known_beforehand(rounds: object) -> None:
    costs = WIDE if max(rounds.first) == max(WIDE) else CHEAP  # type: ignore[attr-defined]
    spent = sum(count * costs[n] for seeds in rounds for n, count in seeds.items())  # type: ignore[attr-defined]
    assert rounds.cost(costs) == pytest.approx(spent, rel=0.01)  # type: ignore[attr-defined]


def test_calls_are_short() -> None:
    assert in_call(1e-4) == BLOCK
    assert in_call(CALL_SECONDS / 3) == 3
    assert in_call(100 * CALL_SECONDS) == 1
