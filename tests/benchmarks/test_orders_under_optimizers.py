"""tp orders under each optimiser against the same with gradient descent."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from ratios import Ratio, Record

import tp
from tp.optimizers import OPTIMIZERS, make
from tp.program import Program
from tp.studies.orders import orders

PROGRAMS = Path(__file__).parents[2] / "programs"


@pytest.mark.parametrize("name", ["mlp", "cnn", "rnn", "lstm", "attention", "transformer_block", "mup_mlp"])
@pytest.mark.parametrize("optimizer", [name for name in OPTIMIZERS if name != "sgd"])
def test_orders(benchmark: Any, record: Record, name: str, optimizer: str) -> None:
    program = tp.load(PROGRAMS / f"{name}.tp").program
    yardstick = min(_seconds(program, "sgd") for _ in range(3))
    benchmark.pedantic(orders, args=(program,), kwargs={"optimizer": make(optimizer)}, rounds=3)
    record(Ratio(f"orders of {name} under {optimizer}", benchmark.stats.stats.min, yardstick, 2.0, "s"))


def _seconds(program: Program, optimizer: str) -> float:
    start = perf_counter()
    orders(program, optimizer=make(optimizer))
    return perf_counter() - start
