"""Experiments are values: they are pickled, known by their identity, and draw the same numbers wherever they are."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import tp
from tests.sampling.fakes import Fake
from tp.experiments.at import At
from tp.experiments.experiment import Experiment
from tp.experiments.forward import ForwardValues
from tp.experiments.training.schedule import Schedule
from tp.sampling.calls import Call, answered_by_worker
from tp.studies.correlations import correlations_of
from tp.studies.train import trainer_of

PROGRAM = tp.load(Path(__file__).parents[2] / "programs/mlp.tp", depth=1).program


def correlations(*names: str) -> Experiment:
    return correlations_of(PROGRAM, names or ("F", "kernel"), None, equal_inputs=False, dtype="float64")


def forward() -> Experiment:
    return ForwardValues("mlp", PROGRAM.graph, {"x": np.linspace(-1.0, 1.0, 16)})


def training(eta: float = 0.2) -> Experiment:
    schedule = Schedule(steps=2, samples=2)
    schedule = replace(schedule, optimizer=replace(schedule.mover, eta=eta))
    return trainer_of(PROGRAM, schedule, None, "float64", ["h[1]"])


@pytest.mark.parametrize("made", [correlations, forward, training])
@pytest.mark.parametrize("engine", ["dense", "conditioned"])
def test_what_is_pickled_draws_the_same_numbers(made: Callable[[], Experiment], engine: str) -> None:
    """The compiled programs are left behind."""
    experiment, at = made(), At(6, "float64", engine)
    before = len(pickle.dumps(experiment))
    found = experiment.draw(at, 3, 2)
    sent = pickle.dumps(experiment)
    assert len(sent) == before
    other = pickle.loads(sent)
    assert (other.name, other.quantities, other.identity()) == ("mlp", experiment.quantities, experiment.identity())
    assert (other.engine(at), other.cost(at), other.memory(at)) == (
        experiment.engine(at), experiment.cost(at), experiment.memory(at),
    )  # fmt: skip
    again = other.draw(at, 3, 2)
    assert set(again) == set(found) == set(experiment.quantities)
    for name, values in found.items():
        assert len(values) == 2
        np.testing.assert_array_equal(again[name], values)


def test_what_differs_has_another_identity() -> None:
    made = [correlations(), correlations("kernel", "F"), correlations("F"), forward(), training(), training(eta=0.1)]
    assert len({experiment.identity() for experiment in made}) == len(made)
    assert correlations().identity() == correlations().identity()


def test_a_worker_keeps_what_it_compiled_for_equal_experiments() -> None:
    """By identity: experiments arrive as new objects with every call."""
    asked: list[str] = []

    def drawing(who: str) -> Fake:
        def draw(n: int, first: int, count: int) -> dict[str, np.ndarray]:
            asked.append(who)
            return {who: np.zeros(count)}

        return Fake(draw, quantities=("worker test", who[0]))

    for who in ("a", "a again", "b", "a once more"):
        answered_by_worker(drawing(who), At(4), Call(4, 0, 1))
    assert asked == ["a", "a", "b", "a"]
