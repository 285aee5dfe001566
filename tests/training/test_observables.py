"""Observables: their texts, read back, and when a run counts as diverged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tp
from tp.experiments.training.observables import DIVERGED, LOSS, Observable, moved, names, numbers, observables
from tp.experiments.training.schedule import Schedule
from tp.studies.train import trainer_of

PROGRAMS = Path(__file__).parents[2] / "programs"


@pytest.mark.parametrize(
    ("observable", "text"),
    [
        (Observable("F - F_lin", 16), "F - F_lin after 16"),
        (Observable("F - F_lin, seen", 0), "F - F_lin, seen after 0"),
        (Observable(moved("h[1]"), 4), "moved h[1] after 4"),
        (Observable("linear loss", 15), "linear loss at 15"),
        (Observable("diverged"), "diverged"),
    ],
)
def test_texts(observable: Observable, text: str) -> None:
    assert str(observable) == text
    assert Observable.read(text) == observable


def test_every_observable_is_read_back_and_they_have_an_order() -> None:
    trainer = trainer_of(
        tp.load(PROGRAMS / "mlp.tp").program, Schedule(steps=5), None, "float64", ["h[1]"], curved=True
    )
    found = observables(trainer)
    assert tuple(map(Observable.read, names(trainer))) == found
    assert len(set(found)) == len(sorted(found)) == len(found)


@pytest.mark.parametrize(
    ("losses", "step"),
    [
        ([1.0, 0.5, 0.2], 0.0),
        ([1.0, np.nan, 0.2], 2.0),
        ([np.inf, 1.0, 1.0], 1.0),
        ([0.5, 0.5, 2e6], 3.0),
        ([5.0, 5.0, 2e6], 0.0),
    ],
)
def test_the_first_step_of_a_diverging_run(losses: list[float], step: float) -> None:
    schedule = Schedule(steps=3)
    trainer = trainer_of(tp.load(PROGRAMS / "mlp.tp").program, schedule, None, "float64")
    looks = len(schedule.looks)
    found = {"output": np.ones((1, looks, 2, 1)), "linear": np.ones((1, looks, 2, 1))}
    found |= {"kernel": np.ones((1, looks, 2, 2)), "gradient": np.ones((1, looks))}
    found |= {name: np.ones((1, 3)) for name in ("linear loss", "signal", "curvature")}
    found |= {name: np.ones(1) for name in ("steepest", "slowest", "fastest")} | {"loss": np.array([losses])}
    kept = numbers(trainer, found)
    assert kept[DIVERGED] == [step]
    np.testing.assert_array_equal(kept[str(Observable(LOSS, 1))], losses[1])


def test_outputs_that_are_nan_after_the_last_step() -> None:
    trainer = trainer_of(tp.load(PROGRAMS / "mlp.tp").program, Schedule(steps=3), None, "float64")
    output = np.ones((1, 4, 2, 1))
    output[0, -1, 0] = np.nan
    found = {"output": output, "linear": np.ones((1, 4, 2, 1)), "kernel": np.ones((1, 4, 2, 2))}
    found |= {"gradient": np.ones((1, 4)), **{n: np.ones((1, 3)) for n in ("loss", "linear loss", "signal")}}
    found |= {"curvature": np.ones((1, 3)), **{n: np.ones(1) for n in ("steepest", "slowest", "fastest")}}
    assert numbers(trainer, found)[DIVERGED] == [3.0]
