"""The checker against the derivation that it replays."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from ratios import Ratio, Record

import tp
from tp.quantities.definitions import SYMBOLIC
from tp.theory.analysis import Analysis
from tp.theory.checking import check

PROGRAMS = Path(__file__).parents[2] / "programs"


@pytest.mark.parametrize("name", sorted(path.stem for path in PROGRAMS.glob("*.tp")))
def test_checker(benchmark: Any, record: Record, name: str) -> None:
    graph = tp.load(PROGRAMS / f"{name}.tp").graph
    start = perf_counter()
    certificate = Analysis(graph, SYMBOLIC).certificate(SYMBOLIC)
    derivation = perf_counter() - start
    benchmark.pedantic(check, args=(certificate,), rounds=5)
    record(Ratio(f"checking {name}", benchmark.stats.stats.median, derivation, 0.1, "s"))
