"""How many seeds a round has at each width."""

from __future__ import annotations

import pytest

from tp.sampling.rounds import (
    ABOVE,
    BLOCK,
    CALL_SECONDS,
    FIRST,
    FIRST_SECONDS,
    LATER,
    LEAST_SECONDS,
    MIDDLE,
    MOST_IN_ROUND,
    ROUND_SECONDS,
    SHARE,
    added_width,
    first_round,
    fixed_rounds,
    in_call,
    later_round,
    spent,
    within,
)

CHEAP = {n: 5e-4 + 1.5e-8 * n**2 for n in (64, 128, 256, 512, 1024)}
"""Weights materialised: some 15 ms at width 1024."""
WIDE = {n: 1.5e-3 + 1.5e-6 * n for n in (100, 316, 1000, 3162, 10_000, 31_623, 100_000, 316_228, 1_000_000)}
"""Weights conditioned: 1.5 s at width 10^6."""


LATE = 1000.0
"""Seconds of work after which a round is as large as rounds become."""


def rounds(costs: dict[int, float], most: int) -> list[dict[int, int]]:
    """All of them, until there are no more."""
    found = [first_round(costs, most)]
    while further := later_round(costs, {n: sum(r[n] for r in found) for n in costs}, most, LATE):
        found.append(further)
    return found


def test_cheap_widths_have_the_most_of_all_rounds() -> None:
    first, second, *_ = rounds(CHEAP, 512)
    assert first == {64: 256, 128: 149, 256: 106, 512: 61, 1024: 64}
    assert second == {64: 256, 128: 256, 256: 256, 512: 184, 1024: 64}
    found = rounds(CHEAP, 512)
    for n in CHEAP:
        total = sum(seeds[n] for seeds in found)
        assert len(found) * (first[n] - 1) <= total <= len(found) * ABOVE * (first[n] + 1)


def test_expensive_widths_have_few() -> None:
    first, second, *_ = rounds(WIDE, 512)
    assert list(first.values()) == [256, 256, 179, 124, 76, 44, 25, 21, 16]
    assert list(second.values()) == [5, 7, 9, 15, 25, 39, 56, 179, 256]


def test_seeds_go_as_one_over_the_root_of_the_cost() -> None:
    first = first_round({10: 0.1, 1000: 0.4}, 512)
    assert first == {10: 2 * first[1000], 1000: first[1000]}


def test_the_ends_have_the_most_seeds() -> None:
    """The middle of five equally dear widths has half as many: its weight in a slope would be 0."""
    first = first_round({10**k: 0.04 for k in range(1, 6)}, 512)
    assert first[10] == first[100_000] == max(first.values())
    assert first[100] == first[1000] == first[10_000] == round(MIDDLE * first[10])


def test_what_lacks_most_is_drawn_first() -> None:
    """A width that was added with few seeds gets them, and the others none until it has its share."""
    costs = {64: 1e-3, 512: 1e-3, 4096: 0.1}
    later = later_round(costs, {64: 500, 512: 200, 4096: 16}, 512, 4.0)
    assert set(later) == {4096}
    assert 1.9 < spent(later, costs) <= 2.0


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 0.1, 1.0, 10.0, 1e9])
def test_rounds_of_any_cost_have_seeds_within_bounds(scale: float) -> None:
    costs = {n: scale * cost for n, cost in WIDE.items()}
    first = first_round(costs, 512)
    assert all(FIRST <= count <= MOST_IN_ROUND for count in first.values())
    assert first[1_000_000] <= BLOCK
    assert spent(first, costs) <= 1.1 * FIRST_SECONDS or first[1_000_000] == FIRST
    second = later_round(costs, first, 512, LATE)
    assert all(1 <= count <= MOST_IN_ROUND for count in second.values())
    assert second.get(1_000_000, 0) <= BLOCK
    assert spent(second, costs) <= 1.1 * ROUND_SECONDS or sum(second.values()) <= LATER * len(costs)


def test_later_rounds_begin_at_the_largest_width() -> None:
    assert list(first_round(CHEAP, 512)) == sorted(CHEAP)
    assert list(later_round(CHEAP, first_round(CHEAP, 512), 512, LATE)) == sorted(CHEAP, reverse=True)


@pytest.mark.parametrize("work", [0.0, 2.0, 8.0, 20.0, 1000.0])
def test_a_later_round_takes_a_share_of_the_work_so_far(work: float) -> None:
    allowed = min(max(SHARE * work, LEAST_SECONDS), ROUND_SECONDS)
    seeds = later_round(WIDE, first_round(WIDE, 512), 512, work)
    assert allowed / 2 < spent(seeds, WIDE) <= 1.1 * allowed or max(seeds.values()) <= LATER
    assert added_width({64: 1e-3, 512: 0.1}, 512, 512, work) == min(max(int(allowed / 0.1), FIRST), BLOCK)
    assert added_width({64: 1e-3, 512: 0.1}, 512, 20, work) <= 20


@pytest.mark.parametrize(("costs", "most"), [(CHEAP, 512), (CHEAP, 200), (WIDE, 512), (WIDE, 5)])
def test_rounds_end_with_the_most_at_the_largest_width(costs: dict[int, float], most: int) -> None:
    found = rounds(costs, most)
    assert sum(seeds[max(costs)] for seeds in found) == most
    assert all(count >= 1 for seeds in found for count in seeds.values())


@pytest.mark.parametrize("seeds", [1, 63, 64, 65, 1000])
def test_fixed_seeds_are_the_same_everywhere(seeds: int) -> None:
    found = list(fixed_rounds(WIDE, seeds))
    assert {n: sum(r[n] for r in found) for n in WIDE} == dict.fromkeys(WIDE, seeds)


def test_calls_are_short() -> None:
    assert in_call(1e-4) == BLOCK
    assert in_call(CALL_SECONDS / 3) == 2
    assert in_call(CALL_SECONDS / 4) == 4
    assert in_call(100 * CALL_SECONDS) == 1


def free(_: int) -> float:
    return 0.0


def test_widths_that_fit_into_a_budget() -> None:
    widths = (64, 128, 256, 512, 1024)

    def cost(n: int) -> float:
        return 0.01 * (n / 64) ** 2

    costs = {n: cost(n) for n in widths}
    whole, fewer = (spent(first_round(c, 512), c) for c in (costs, {n: costs[n] for n in widths[:-1]}))
    assert fewer < whole
    assert within(widths, cost, 512, whole, free) == widths
    assert within(widths, cost, 512, fewer, free) == widths[:-1]
    assert within(widths, lambda _: 1000.0, 512, whole, free) == widths[:3]
    assert within(widths, cost, 512, whole + 4.0, lambda _: 1.0) == widths[:-1]
