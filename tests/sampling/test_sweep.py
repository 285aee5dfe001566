"""Sweeps: how many seeds are drawn, and what an interrupt leaves."""

from __future__ import annotations

import math
from unittest.mock import patch

import numpy as np

from tests.sampling.fakes import Fake
from tp.sampling.plan import Plan
from tp.sampling.rounds import FIRST, LATER
from tp.sampling.sweep import Samples, sweep
from tp.statistics.more import More

WIDTHS = (64, 128)


class Recorder:
    """A sampler that remembers its calls, and whose values are the negative numbers of the draws."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.calls: list[tuple[int, int, int]] = []
        self.stop_at = stop_at

    def __call__(self, n: int, key: int, seeds: int) -> dict[str, np.ndarray]:
        if len(self.calls) == self.stop_at:
            raise KeyboardInterrupt
        self.calls.append((n, seeds, key))
        return {"F": -np.arange(key, key + seeds, dtype=np.float64)}


def never(_: Samples) -> More:
    return More.NOTHING


def always(_: Samples) -> More:
    return More.SEEDS


def wider(_: Samples) -> More:
    return More.WIDTHS


def cheap(n: int) -> float:
    return 1e-8 * n**2


def expensive(n: int) -> float:
    return float(n)


def drawn(samples: Samples) -> dict[int, int]:
    return {n: len(values) for n, values in samples["F"].items()}


def test_fixed_seeds_are_drawn_exactly() -> None:
    draw = Recorder()
    found = sweep(Fake(draw, cheap), Plan(WIDTHS, seeds=100), wanted=always)
    assert drawn(found.samples) == {64: 100, 128: 100}
    assert all(seeds <= 64 for _, seeds, _ in draw.calls)


def test_decided_after_one_round() -> None:
    found = sweep(Fake(Recorder(), cheap), Plan(WIDTHS), wanted=never)
    assert drawn(found.samples) == {64: 128, 128: 64}


def test_undecided_up_to_the_most() -> None:
    found = sweep(Fake(Recorder(), cheap), Plan(WIDTHS, most_seeds=200), wanted=always)
    assert drawn(found.samples) == {64: 800, 128: 200}


def test_expensive_draws_come_one_at_a_time() -> None:
    draw = Recorder()
    found = sweep(Fake(draw, expensive), Plan(WIDTHS, budget=math.inf, most_seeds=FIRST + LATER), wanted=always)
    assert drawn(found.samples)[128] == FIRST + LATER
    assert all(seeds == 1 for _, seeds, _ in draw.calls)


def test_draws_do_not_depend_on_how_they_are_grouped() -> None:
    whole = sweep(
        Fake(Recorder(), cheap), Plan(WIDTHS, budget=math.inf, most_seeds=FIRST + LATER), wanted=always
    ).samples["F"]
    parts = sweep(
        Fake(Recorder(), expensive), Plan(WIDTHS, budget=math.inf, most_seeds=FIRST + LATER), wanted=always
    ).samples["F"]
    alone = sweep(Fake(Recorder(), expensive), Plan((128,), seeds=5), wanted=always).samples["F"]
    for n in WIDTHS:
        shared = min(len(whole[n]), len(parts[n]))
        assert (whole[n][:shared] == parts[n][:shared]).all()
    assert (alone[128] == whole[128][:5]).all()


def test_the_budget_ends_it_after_any_call() -> None:
    """Every call is one draw; those of a later round begin with width 128."""
    first = sweep(Fake(Recorder(), expensive), Plan(WIDTHS, budget=0), wanted=always)
    found = sweep(Fake(Recorder(), expensive), Plan(WIDTHS, budget=first.work + 3 * 128), wanted=always)
    assert found.cells == first.cells + 4
    assert found.work == first.work + 4 * 128
    assert found.short
    assert not found.interrupted


def test_compiling_is_work() -> None:
    """Of the default widths every second one is left out where compiling for all would be too much."""
    first = sweep(Fake(Recorder(), cheap, before=lambda _: 7.0), Plan(WIDTHS, budget=20), wanted=never)
    assert 14 < first.work < 15
    assert not first.short
    none_left = sweep(Fake(Recorder(), cheap, before=lambda _: 7.0), Plan(WIDTHS, budget=14), wanted=always)
    assert drawn(none_left.samples) == drawn(first.samples)
    assert none_left.short
    few = sweep(Fake(Recorder(), cheap, before=lambda _: 40.0), Plan(max_width=65536), wanted=wider)
    assert few.widths == (64, 256, 1024)
    assert few.short


def test_time_does_not_matter() -> None:
    """A machine that is a thousand times slower draws the same."""

    def slowly(n: int, first: int, count: int) -> dict[str, np.ndarray]:
        passed[0] += 1000.0 * count
        return Recorder()(n, first, count)

    passed = [0.0]
    plan = Plan(WIDTHS, budget=20, max_width=10_000)
    quick = sweep(Fake(Recorder(), expensive), plan, wanted=lambda _: More.SEEDS | More.WIDTHS)
    with patch("time.monotonic", lambda: passed[0]), patch("time.perf_counter", lambda: passed[0]):
        slow = sweep(Fake(slowly, expensive), plan, wanted=lambda _: More.SEEDS | More.WIDTHS)
    assert drawn(slow.samples) == drawn(quick.samples)


def test_widths_are_added_while_they_are_wanted() -> None:
    found = sweep(Fake(Recorder(), cheap), Plan(WIDTHS, max_width=10_000), wanted=wider)
    assert found.widths == (64, 128, 1024, 8192)
    assert all(count >= FIRST for count in drawn(found.samples).values())
    assert sweep(Fake(Recorder(), cheap), Plan(WIDTHS, max_width=10_000), wanted=always).widths == WIDTHS
    assert sweep(Fake(Recorder(), cheap), Plan(WIDTHS), wanted=wider).widths == WIDTHS


def test_seeds_are_added_once_there_are_no_more_widths() -> None:
    plan = Plan(WIDTHS, max_width=1024, most_seeds=100)
    found = sweep(Fake(Recorder(), cheap), plan, wanted=lambda _: More.SEEDS | More.WIDTHS)
    assert found.widths == (64, 128, 1024)
    assert drawn(found.samples)[1024] == 100


def test_no_width_is_added_that_the_budget_is_not_enough_for() -> None:
    def cost(n: int) -> float:
        return 1e-4 if n < 1024 else 10.0

    plan = Plan(WIDTHS, max_width=1024, most_seeds=100)
    found = sweep(Fake(Recorder(), cost), plan, wanted=lambda _: More.SEEDS | More.WIDTHS)
    assert found.widths == WIDTHS
    assert drawn(found.samples)[128] == 100


def test_verdicts_are_extended_only_where_that_is_cheap() -> None:
    """Sixteen draws at 1024 take 16 of 20 s in the second case: only a verdict that needs them is worth it."""
    for cost, wider_one in ((1e-3, True), (1.0, False)):
        plan = Plan(WIDTHS, max_width=1024, budget=20)
        experiment = Fake(Recorder(), lambda n, dear=cost: dear if n == 1024 else 1e-4)
        found = sweep(experiment, plan, wanted=lambda _: More.REACH)
        assert (1024 in found.widths) is wider_one
        assert not found.short
        assert 1024 in sweep(experiment, plan, wanted=wider).widths


def test_seeds_come_before_a_dear_width_that_would_do_as_well() -> None:
    plan, draw = Plan(WIDTHS, max_width=1024, most_seeds=100, budget=50), Recorder()
    sweep(Fake(draw, lambda n: 1.0 if n == 1024 else 1e-4), plan, wanted=lambda _: (More.SEEDS | More.WIDTHS).cheapest)
    before = draw.calls[: next(i for i, (n, *_) in enumerate(draw.calls) if n == 1024)]
    assert sum(seeds for n, seeds, _ in before if n == 128) == 100


def test_added_widths_draw_what_they_draw_alone() -> None:
    found = sweep(Fake(Recorder(), cheap), Plan(WIDTHS, max_width=1024), wanted=wider).samples["F"][1024]
    alone = sweep(Fake(Recorder(), cheap), Plan((1024,), seeds=len(found)), wanted=never).samples["F"][1024]
    assert (found == alone).all()


def test_the_first_round_is_complete_without_any_time() -> None:
    found = sweep(Fake(Recorder(), cheap), Plan(WIDTHS, budget=0), wanted=always)
    assert drawn(found.samples) == {64: 128, 128: 64}


def test_fixed_seeds_take_the_time_they_take() -> None:
    found = sweep(Fake(Recorder(), cheap), Plan(WIDTHS, seeds=100, budget=0), wanted=never)
    assert drawn(found.samples) == {64: 100, 128: 100}


def test_every_draw_has_a_number_of_its_own() -> None:
    found = sweep(Fake(Recorder(), cheap), Plan(WIDTHS), wanted=always)
    numbers = np.concatenate(list(found.samples["F"].values()))
    assert len(set(numbers)) == len(numbers)
    assert (numbers <= 0).all()  # signs are kept
    assert (numbers > -(2**32)).all()


def test_an_interrupt_keeps_what_is_finished() -> None:
    found = sweep(Fake(Recorder(stop_at=1), cheap), Plan(WIDTHS), wanted=always)
    assert found.interrupted
    assert drawn(found.samples) == {64: 64}


def test_progress_never_runs_backwards_and_ends_full() -> None:
    plans = Plan(WIDTHS, seeds=130), Plan(WIDTHS, most_seeds=200), Plan(WIDTHS, most_seeds=40)
    for plan, cost in zip(plans, (cheap, cheap, expensive), strict=True):
        seen: list[float] = []
        sweep(Fake(Recorder(), cost), plan, None, always, lambda done, total, _, to=seen: to.append(done / total))
        assert seen == sorted(seen)
        assert seen[0] == 0
        assert seen[-1] == 1
