"""Benchmarks: ratios of a measured time to another one or to a limit, printed together at the end.

They only run on request: ``pytest tests/benchmarks --benchmark-only``. Ratios are printed and never asserted,
because what else runs on a machine is not for a test to say.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from ratios import Ratio, Record

RATIOS = pytest.StashKey[list[Ratio]]()


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Record:
    """A function that keeps a ratio for the summary."""
    kept = request.config.stash.setdefault(RATIOS, [])
    return kept.append


@pytest.fixture
def paired(benchmark: Any) -> Callable[..., tuple[float, float]]:
    """paired(ours, theirs, rounds=): medians in seconds of two functions that are run in turns."""

    def run(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float]:
        times: list[float] = []

        def other() -> None:
            start = time.perf_counter()
            theirs()
            times.append(time.perf_counter() - start)

        ours()
        theirs()
        benchmark.pedantic(ours, setup=other, rounds=rounds)
        return benchmark.stats.stats.median, statistics.median(times)

    return run


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    ratios = config.stash.get(RATIOS, [])
    if ratios:
        terminalreporter.section("ratios")
        for ratio in ratios:
            terminalreporter.write_line(str(ratio))
