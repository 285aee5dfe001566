"""Whole commands with a cold cache, against an earlier version of this package on the same machine.

The folder of a checkout of that version is given as TP_EARLIER, for example

    git worktree add ../earlier 5176935
    TP_EARLIER=../earlier pytest tests/benchmarks/test_against_an_earlier_version.py --benchmark-only

Each command is run once by the earlier version and once by this one, in turn. Times are those of a clock, so nothing
else should be running.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from ratios import Ratio, Record

ROOT = Path(__file__).parents[2]
EARLIER = os.environ.get("TP_EARLIER")
COMMANDS = [
    ("verify programs/mlp.tp", 0.3),
    *((f"verify programs/{name}.tp --data digits", 0.35) for name in ("cnn", "rnn", "attention", "transformer_block")),
    ("verify programs/lstm.tp --data digits --set t=8", 0.35),
    ("linearize programs/mlp.tp --data digits --set d=64 --no-second", 0.4),
]
"""Commands, and the share of the earlier time that they may take."""

pytestmark = pytest.mark.skipif(EARLIER is None, reason="TP_EARLIER is not set")


def run(words: str, root: Path, cache: Path) -> tuple[float, float]:
    """Seconds of ``tp words`` of the version in ``root``, and the most memory that it had, in MiB."""
    environment = {**os.environ, "PYTHONPATH": str(root), "TP_CACHE": str(cache)}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tp", *words.split()],
        cwd=root,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1, 3)
    return time.perf_counter() - start, usage.ru_maxrss / 1024


@pytest.mark.parametrize(("words", "limit"), COMMANDS)
def test_cold(benchmark: Any, record: Record, tmp_path: Path, words: str, limit: float) -> None:
    theirs, their_memory = run(words, Path(EARLIER or "").resolve(), tmp_path / "earlier")
    found = benchmark.pedantic(run, args=(words, ROOT, tmp_path / "this"), rounds=1)
    record(Ratio(f"tp {words} (cold)", found[0], theirs, limit, "s"))
    record(Ratio(f"tp {words} (cold), memory", found[1], their_memory, 1.0, "MiB"))
    warm, _ = run(words, ROOT, tmp_path / "this")
    record(Ratio(f"tp {words} (again, all stored)", warm, theirs, 0.2, "s"))
