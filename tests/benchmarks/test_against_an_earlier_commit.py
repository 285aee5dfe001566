"""Whole commands against an earlier commit of this repository, on the same machine.

The folder of a checkout of that commit is given as TP_EARLIER, for example

    git worktree add ../earlier 5176935
    TP_EARLIER=../earlier pytest tests/benchmarks/test_against_an_earlier_commit.py --benchmark-only

The commands of both versions run in turn. Times of measurements are those of a clock, so nothing else should be
running; times of orders are those of the processor.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ratios import Ratio, Record

ROOT = Path(__file__).parents[2]
EARLIER = os.environ.get("TP_EARLIER")
MEASURED = [
    ("verify programs/mlp.tp", 0.3),
    *((f"verify programs/{name}.tp --data digits", 0.35) for name in ("cnn", "rnn", "attention", "transformer_block")),
    ("verify programs/lstm.tp --data digits --set t=8", 0.35),
    ("linearize programs/mlp.tp --data digits --set d=64 --no-second", 0.4),
]
"""Commands that draw, and the share of the earlier time that they may take."""
ORDERS = [
    ("orders programs/mlp.tp", 0.25),
    ("orders programs/lstm.tp", 0.25),
    ("orders programs/gru.tp", 0.25),
    ("orders programs/mlp.tp --set depth=100", 0.3),
    ("orders programs/rnn.tp --set t=200", 0.15),
]
"""Commands that draw nothing, likewise."""
WARM = 0.2
"""The share for a command whose draws are all stored."""
FIRST = 0.12
"""The share after which a first table with measured exponents stands on the screen."""
INTERVAL = re.compile(r"\[-?\d+\.\d+, -?\d+\.\d+\]")
ROUNDS = 3
"""How often a command that draws nothing is run: the least time counts."""

pytestmark = pytest.mark.skipif(EARLIER is None, reason="TP_EARLIER is not set")


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took: seconds by the clock and of the processor, and the most memory in MiB.

    ``shown`` is when the first interval stood on the screen (None: not before the end).
    """

    wall: float
    processor: float
    memory: float
    shown: float | None


def run(words: str, root: Path, cache: Path) -> Run:
    """``tp words`` of the version in ``root``."""
    environment = {**os.environ, "PYTHONPATH": str(root), "TP_CACHE": str(cache)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tp", *words.split()],
        cwd=root,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    shown = None
    with process.stderr as lines:
        for line in lines:
            if shown is None and INTERVAL.search(line):
                shown = time.perf_counter() - start
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1, 3)
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, shown)


@pytest.mark.parametrize(("words", "limit"), MEASURED)
def test_measured(benchmark: Any, record: Record, tmp_path: Path, words: str, limit: float) -> None:
    earlier = Path(EARLIER or "").resolve()
    theirs = run(words, earlier, tmp_path / "earlier")
    ours = benchmark.pedantic(run, args=(f"{words} --progress", ROOT, tmp_path / "this"), rounds=1)
    record(Ratio(f"tp {words} (cold)", ours.wall, theirs.wall, limit, "s"))
    if words.startswith("verify"):
        record(Ratio(f"tp {words} (cold), first table", ours.shown or ours.wall, theirs.wall, FIRST, "s"))
    record(Ratio(f"tp {words} (cold), memory", ours.memory, theirs.memory, 1.0, "MiB"))
    again = run(words, earlier, tmp_path / "earlier")
    record(Ratio(f"tp {words} (warm)", run(words, ROOT, tmp_path / "this").wall, again.wall, WARM, "s"))


@pytest.mark.parametrize(("words", "limit"), ORDERS)
def test_orders(benchmark: Any, record: Record, tmp_path: Path, words: str, limit: float) -> None:
    def least(root: Path) -> float:
        return min(run(words, root, tmp_path / f"{root.name}-{k}").processor for k in range(ROUNDS))

    ours = benchmark.pedantic(least, args=(ROOT,), rounds=1)
    record(Ratio(f"tp {words} (cold)", ours, least(Path(EARLIER or "").resolve()), limit, "s"))
