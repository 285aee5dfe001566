"""Sweeps: how many seeds are drawn, and what an interrupt leaves."""

from __future__ import annotations

import numpy as np

from tp.measure.plan import Plan
from tp.measure.sweep import Samples, sweep

WIDTHS = (64, 128)


class Recorder:
    """A sampler that remembers its calls."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.calls: list[tuple[int, int, int]] = []
        self.stop_at = stop_at

    def __call__(self, n: int, seeds: int, key: int) -> dict[str, np.ndarray]:
        if len(self.calls) == self.stop_at:
            raise KeyboardInterrupt
        self.calls.append((n, seeds, key))
        return {"F": -np.full(seeds, float(n))}


def never(_: Samples) -> bool:
    return False


def always(_: Samples) -> bool:
    return True


def test_fixed_seeds_are_drawn_exactly() -> None:
    draw = Recorder()
    found = sweep(Plan(WIDTHS, seeds=100), draw, always)
    assert {n: len(v) for n, v in found.samples["F"].items()} == {64: 100, 128: 100}
    assert all(seeds <= 64 for _, seeds, _ in draw.calls)


def test_decided_after_one_block() -> None:
    found = sweep(Plan(WIDTHS), Recorder(), never)
    assert {n: len(v) for n, v in found.samples["F"].items()} == {64: 128, 128: 64}


def test_undecided_up_to_the_most() -> None:
    found = sweep(Plan(WIDTHS, most_seeds=200), Recorder(), always)
    assert {n: len(v) for n, v in found.samples["F"].items()} == {64: 400, 128: 200}


def test_the_time_budget_ends_it() -> None:
    ticks = iter(range(0, 1000, 10))
    found = sweep(Plan(WIDTHS, seconds=25), Recorder(), always, clock=lambda: next(ticks))
    assert len(found.samples["F"][128]) == 192


def test_every_call_has_a_key_of_its_own() -> None:
    draw = Recorder()
    sweep(Plan(WIDTHS), draw, always)
    keys = [key for _, _, key in draw.calls]
    assert len(set(keys)) == len(keys)
    assert all(0 <= key < 2**31 for key in keys)


def test_values_are_absolute() -> None:
    found = sweep(Plan(WIDTHS), Recorder(), never)
    assert (found.samples["F"][64] == 64).all()


def test_an_interrupt_keeps_what_is_finished() -> None:
    found = sweep(Plan(WIDTHS), Recorder(stop_at=1), always)
    assert found.interrupted
    assert list(found.samples["F"]) == [64]


def test_progress_never_runs_backwards_and_ends_full() -> None:
    seen: list[float] = []
    sweep(Plan(WIDTHS, seeds=130), Recorder(), never, lambda done, total, _: seen.append(done / total))
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1
