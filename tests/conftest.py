"""Settings for all tests."""

from __future__ import annotations

import ctypes
import gc
import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# On a busy machine an example may take any time. A profile that is asked for, such as that of CI, is loaded later.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Compiled programs are kept between runs of the tests, but apart from the user's own.
os.environ.setdefault("TP_CACHE", str(Path(tempfile.gettempdir()) / f"tp-tests-{os.getuid()}"))


def pytest_configure(config: pytest.Config) -> None:
    """The default tests wait for compilers more than for results: they do without optimisations.

    With slow ones, as in CI, only tests of equal laws do.
    """
    if config.option.markexpr == "not slow" and not config.getoption("benchmark_only", False):
        os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")


def pytest_collection_finish() -> None:
    """Searching for cycles, of which the analysis makes few, took a quarter of the time of its tests.

    What imports have left lives as long as the process: it is never searched again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Every worker gets neighbours, so that what the tests of a module share is computed in one worker, not in all."""
    if config.option.dist != "load":
        return None
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


_count = itertools.count()


@pytest.fixture(autouse=True)
def _results_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every test draws what it asks for: nothing that an earlier one has stored."""
    folder = tmp_path_factory.getbasetemp() / "results" / str(next(_count))
    monkeypatch.setattr("tp.store.files.default_folder", lambda: folder)


@pytest.fixture(autouse=True, scope="module")
def _memory_of_its_own() -> Iterator[None]:
    """What the tests of a module no longer need, such as 5 MB for each compiled program, goes back to the system."""
    yield
    gc.collect()
    with suppress(OSError, AttributeError):  # the C library of Linux
        ctypes.CDLL("libc.so.6").malloc_trim(0)


@dataclass
class Effort:
    """Calls of functions, Python's and C's: a measure of time that no busy machine changes."""

    calls: int = 0


@pytest.fixture
def effort() -> Callable[[], AbstractContextManager[Effort]]:
    @contextmanager
    def counted() -> Iterator[Effort]:
        spent = Effort()

        def count(_frame: FrameType, event: str, _argument: Any) -> None:
            spent.calls += event.endswith("call")

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            yield spent
        finally:
            sys.setprofile(before)

    return counted
