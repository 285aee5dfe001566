"""Processor time of whole commands against an earlier commit of this repository.

The other commit has to lie beside: ``TP_PEER=/path/to/worktree pytest tests/benchmarks --benchmark-only``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ratios import Ratio, Record

ROOT = Path(__file__).parents[2]
COMMIT = "5176935"
"""The commit that the limits are ratios to."""
ORDERS = [
    (0.25, "programs/mlp.tp"),
    (0.25, "programs/lstm.tp"),
    (0.25, "programs/gru.tp"),
    (0.3, "programs/mlp.tp", "--set", "depth=100"),
    (0.15, "programs/rnn.tp", "--set", "t=200"),
]
ROUNDS = 3


def seconds(root: Path, words: tuple[str, ...], cache: Path) -> float:
    """The least processor time of ``tp words`` of the package in ``root``, with a cold cache each time."""
    took: list[float] = []
    for number in range(ROUNDS):
        env = {**os.environ, "PYTHONPATH": str(root), "TP_CACHE": str(cache / f"{root.name}-{number}")}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        before = os.times()
        done = subprocess.run([sys.executable, "-m", "tp", *words], cwd=root, env=env, capture_output=True, text=True)
        after = os.times()
        assert done.returncode != 2, done.stderr
        took.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return min(took)


@pytest.mark.parametrize("case", ORDERS, ids=lambda case: "-".join(map(str, case[1:])))
def test_orders(benchmark: Any, record: Record, tmp_path: Path, case: tuple[object, ...]) -> None:
    peer = os.environ.get("TP_PEER")
    if peer is None:
        pytest.skip(f"TP_PEER is not set to a worktree of commit {COMMIT}")
    limit, *words = case
    call = ("orders", *map(str, words))
    ours = benchmark.pedantic(seconds, args=(ROOT, call, tmp_path), rounds=1)
    theirs = seconds(Path(peer), call, tmp_path)
    assert isinstance(limit, float)
    record(Ratio(f"tp {' '.join(call)} / commit {COMMIT}", ours, theirs, limit, "s"))
