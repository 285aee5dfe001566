"""The commands as whole processes, against the time that they may take."""

from __future__ import annotations

import os
import subprocess
import sys
import timeit
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ratios import Ratio, Record

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted(path.name for path in (ROOT / "programs").glob("*.tp"))


def command(*words: str, cache: Path) -> None:
    """Run ``tp`` with ``words``; nothing may end with a diagnostic or a bug."""
    # An installed package has its bytecode; so has this one after its first run, unless that is forbidden.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-m", "tp", *words],
        cwd=ROOT,
        env={**inherited, "TP_CACHE": str(cache)},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 2, done.stderr


def timed(benchmark: Any, record: Record, limit: float, *words: str, cache: Path, rounds: int, what: str = "") -> None:
    """Record the median time of ``tp words`` over ``rounds`` as a ratio to ``limit`` seconds."""
    benchmark.pedantic(command, args=words, kwargs={"cache": cache}, rounds=rounds)
    record(Ratio(f"tp {' '.join(words)}{what}", benchmark.stats.stats.median, limit, 1.0, "s"))


def test_check(benchmark: Any, record: Record, tmp_path: Path) -> None:
    """Three times as long as Python takes to start, plus 0.15 s."""
    command("check", "programs/mlp.tp", cache=tmp_path)
    limit = 3 * min(timeit.repeat(lambda: subprocess.run([sys.executable, "-c", "pass"]), number=1, repeat=7)) + 0.15
    timed(benchmark, record, limit, "check", "programs/mlp.tp", cache=tmp_path, rounds=7)


@pytest.mark.parametrize("name", PROGRAMS)
def test_orders(benchmark: Any, record: Record, tmp_path: Path, name: str) -> None:
    timed(benchmark, record, 2.0, "orders", f"programs/{name}", "--no-store", cache=tmp_path, rounds=3)


def test_orders_from_the_store(benchmark: Any, record: Record, tmp_path: Path) -> None:
    command("orders", "programs/lstm.tp", cache=tmp_path)
    timed(benchmark, record, 0.5, "orders", "programs/lstm.tp", cache=tmp_path, rounds=3, what=" (stored)")


@pytest.mark.parametrize("name", PROGRAMS)
def test_orders_with_certificates(benchmark: Any, record: Record, tmp_path: Path, name: str) -> None:
    words = ("orders", f"programs/{name}", "--certificate", str(tmp_path / "proof.json"))
    timed(benchmark, record, 2.0, *words, cache=tmp_path, rounds=3)


@pytest.mark.parametrize(("name", "setting"), [("mlp", "depth=100"), ("rnn", "t=200")])
def test_orders_of_deep_programs(benchmark: Any, record: Record, tmp_path: Path, name: str, setting: str) -> None:
    words = ("orders", f"programs/{name}.tp", "--set", setting, "--certificate", str(tmp_path / "proof.json"))
    timed(benchmark, record, 10.0, *words, cache=tmp_path, rounds=1)


@pytest.mark.parametrize("name", ["mlp", "gru", "lstm"])
def test_orders_against_an_empty_process(
    paired: Callable[..., tuple[float, float]], record: Record, tmp_path: Path, name: str
) -> None:
    """The ratio to ``python -c pass`` depends less on the machine than seconds do."""

    def ours() -> None:
        command("orders", f"programs/{name}.tp", "--no-store", cache=tmp_path)

    def theirs() -> None:
        subprocess.run([sys.executable, "-c", "pass"], check=True)

    took, empty = paired(ours, theirs, rounds=5)
    record(Ratio(f"tp orders programs/{name}.tp / python -c pass", took, empty, 30.0 if name == "mlp" else 90.0, "s"))


def test_verify(benchmark: Any, record: Record, tmp_path: Path) -> None:
    timed(benchmark, record, 60.0, "verify", "programs/mlp.tp", cache=tmp_path, rounds=1, what=" (cold cache)")


def test_verify_again(benchmark: Any, record: Record, tmp_path: Path) -> None:
    """Programs are compiled, and all is drawn anew."""
    command("verify", "programs/mlp.tp", cache=tmp_path)
    again = ("verify", "programs/mlp.tp", "--no-store")
    timed(benchmark, record, 20.0, *again, cache=tmp_path, rounds=1, what=" (warm cache)")


def test_verify_from_the_store(benchmark: Any, record: Record, tmp_path: Path) -> None:
    command("verify", "programs/mlp.tp", cache=tmp_path)
    timed(benchmark, record, 1.5, "verify", "programs/mlp.tp", cache=tmp_path, rounds=3, what=" (all of it stored)")
