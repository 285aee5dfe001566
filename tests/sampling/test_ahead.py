"""Compiling for the next width while this one draws."""

from __future__ import annotations

from threading import Event, get_ident

import numpy as np
import pytest

from tests.sampling.fakes import Fake
from tp.sampling.plan import Plan
from tp.sampling.sweep import sweep

PLAN = Plan(widths=(64, 128, 256), seeds=4)


def ones(_n: int, _first: int, count: int) -> dict[str, np.ndarray]:
    return {"F": np.ones(count)}


def test_the_next_width_is_compiled_while_one_draws() -> None:
    ready = {n: Event() for n in PLAN.widths}
    threads: set[int] = set()

    def sample(n: int, first: int, count: int) -> dict[str, np.ndarray]:
        later = [other for other in PLAN.widths if other > n]
        # Draws wait for the other thread: the sweep would hang if it compiled before or after.
        assert all(ready[other].wait(60) for other in later[:1])
        return ones(n, first, count)

    def prepare(n: int) -> None:
        threads.add(get_ident())
        ready[n].set()

    found = sweep(Fake(sample, before=lambda _: 1.0, ready=prepare), PLAN)
    assert found.widths == PLAN.widths
    assert get_ident() not in threads
    assert not ready[64].is_set(), "the first width has nothing to wait for"


def test_a_compilation_that_fails_ahead_is_left_to_the_draw() -> None:
    def fails(n: int) -> None:
        raise RuntimeError(n)

    found = sweep(Fake(ones, before=lambda _: 1.0, ready=fails), PLAN)
    assert found.widths == PLAN.widths


def test_nothing_is_prepared_where_nothing_is_compiled() -> None:
    def fails(n: int) -> None:
        pytest.fail(f"prepared for {n}")

    found = sweep(Fake(ones, ready=fails), PLAN)
    assert found.widths == PLAN.widths
