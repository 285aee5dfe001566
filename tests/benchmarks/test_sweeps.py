"""The store and the workers: what they cost a run, how fast a large store is listed, what a second worker brings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from ratios import Ratio, Record

import tp
from tests.store.cells import series, values
from tp.experiments.at import At
from tp.experiments.correlations import Correlations
from tp.experiments.experiment import Floats
from tp.sampling.workers import Team, local
from tp.store.cell import Cell, encode
from tp.store.key import Key
from tp.store.names import name_of

ROOT = Path(__file__).parents[2]
CELLS = 10**5


def test_overhead(benchmark: Any, record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that a run of about a minute does besides drawing: hashes, files, the order of calls, the samples."""
    model = tp.load(ROOT / "programs/mlp.tp")
    drawing, plain = 0.0, Correlations.draw

    def timed(self: Correlations, at: At, first: int, count: int) -> dict[str, Floats]:
        nonlocal drawing
        start = perf_counter()
        found = plain(self, at, first, count)
        drawing += perf_counter() - start
        return found

    def run(store: Path, seeds: int) -> None:
        model.correlations([64, 128, 256, 512], seeds=seeds, quantities=["kernel", "C[0,2]", "C[0,3]"], store=store)

    run(tmp_path / "first", 1)
    monkeypatch.setattr(Correlations, "draw", timed)
    benchmark.pedantic(run, args=(tmp_path / "second", 16384), rounds=1)
    wall = benchmark.stats.stats.median
    files = list((tmp_path / "second").rglob("*.cell"))
    record(Ratio(f"store and scheduling of {len(files)} cells against the whole run", wall - drawing, wall, 0.05, "s"))


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A store of :data:`CELLS` small cells of ten programs."""
    for program in range(10):
        whole = series(program=f"{program:016x}" * 4)
        for i in range(CELLS // 10):
            key = Key(whole, 64 << i % 5, i // 5 * 64, 64)
            path = name_of(key).path(tmp_path)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(encode(Cell(key, values(key))))
    return tmp_path


def test_listing(benchmark: Any, record: Record, large: Path) -> None:
    def run() -> None:
        words = [sys.executable, "-m", "tp", "results", "--store", str(large)]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        assert f"{CELLS} cells" in done.stdout

    benchmark.pedantic(run, rounds=3, warmup_rounds=1)
    record(Ratio(f"tp results with {CELLS} cells", benchmark.stats.stats.median, 2.0, 1.0, "s"))


def test_workers(benchmark: Any, record: Record) -> None:
    """40 cells and workers of one thread each; their start, compiling for them and the rest of the run are included."""
    model = tp.load(ROOT / "programs/mlp.tp")

    def sweep(workers: Team | int) -> None:
        model.correlations([512], seeds=40 * 64, quantities=["C[0,2]"], engine="dense", store=False, workers=workers)

    def timed(jobs: int) -> float:
        start = perf_counter()
        with local(jobs, threads=1) as team:
            sweep(team)
        return perf_counter() - start

    sweep(1)  # leaves the compiled program in the cache
    one = timed(1)
    benchmark.pedantic(timed, args=(2,), rounds=1)
    processors = len(os.sched_getaffinity(0))
    what = f"40 cells, two workers against one, {processors} cores"
    record(Ratio(what, benchmark.stats.stats.median, one, 1 / 1.7, "s"))
