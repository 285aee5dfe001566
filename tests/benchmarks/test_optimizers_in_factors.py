"""Matrix-free steps of optimisers whose weights stay in factors, against those of gradient descent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ratios import Ratio, Record

import tp
from tp.experiments.at import At
from tp.experiments.training.schedule import Schedule
from tp.experiments.training.trainer import Trainer
from tp.optimizers import make
from tp.studies.train import trainer_of

ROOT = Path(__file__).parents[2]
STEPS = 30


def trainer(name: str) -> Trainer:
    """Runs that are looked at only at the start and at the end."""
    model = tp.load(ROOT / "programs/mlp.tp")
    optimizer = make(name, {"eta": 0.02})
    made = trainer_of(model.program, Schedule(optimizer=optimizer, steps=STEPS, samples=4, probes=1), None, "float64")
    return Trainer(model.name, model.graph, replace(made.path, looks=(0, STEPS)), optimizer, "squared")


@pytest.mark.parametrize("name", ["muon", "shampoo", "adafactor", "sign"])
def test_steps_in_factors(name: str, paired: Any, record: Record) -> None:
    """Whole runs at n = 10^5, with the linear model."""
    at, one, other = At(10**5, "float64", "conditioned"), trainer(name), trainer("sgd")
    assert one.choice(at.width, at.engine).absent == other.choice(at.width, at.engine).absent
    ours, theirs = paired(lambda: one.runs(at, 0, 1), lambda: other.runs(at, 0, 1), rounds=3)
    record(Ratio(f"{STEPS} matrix-free steps of {name} against SGD, n = 10^5", ours, theirs, 2.0, "s"))
