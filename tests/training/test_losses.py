"""Losses without the linear model are those of training with it, on every path and under every kind of optimiser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.marks import exhaustive
from tp.api.optimizers import make_optimizer
from tp.costs import find
from tp.data.targets import labelled
from tp.experiments.at import At
from tp.experiments.streams import Compiled
from tp.experiments.training.batches import batches
from tp.experiments.training.losses import AFTER, BEFORE, Losses
from tp.experiments.training.path import Path as Samples
from tp.experiments.training.schedule import Schedule
from tp.experiments.training.trainer import Trainer
from tp.interpret.cost.path import Choice
from tp.interpret.cost.path import Path as Computing
from tp.optimizers import SGD, Groups, Optimizer
from tp.studies.train import trainable
from tp.syntax import load

PROGRAM = load(Path(__file__).parents[2] / "programs" / "mup_mlp.tp")
AT = At(24)
W = frozenset(("W",))


def path(probes: int) -> Samples:
    inputs, targets = labelled(PROGRAM.inputs, (), 4, None, "float64")
    return Samples(inputs, targets, batches(5, 2, 4), probes=probes, looks=(0, 5))


def losses(optimizer: Optimizer, factor: float = 1.0) -> Losses:
    return Losses("mup", PROGRAM.graph, path(1), optimizer, "squared").times(factor)


@pytest.mark.parametrize("absent", [frozenset(), W])
@pytest.mark.parametrize("optimizer", [SGD(0.5), SGD(0.5, momentum=0.5), SGD(0.5, decay=0.1)])
def test_losses_are_those_of_training(optimizer: SGD, absent: frozenset[str]) -> None:
    """Matrix-free weights are other draws: the trainer asks for other products. Arrays are the same."""
    choice = Choice(Computing.NUMPY, absent, 4)
    doubled = SGD(2 * optimizer.eta, momentum=optimizer.momentum, decay=optimizer.decay)
    whole = Trainer("mup", PROGRAM.graph, path(4), doubled, "squared")
    brief = losses(optimizer, 2.0)
    for trainer in (whole, brief):
        trainer._choices[AT.width, AT.engine] = choice
    found, outputs = brief.draw(AT, 3, 6), whole.runs(AT, 3, 6)["output"]
    cost, targets = find("squared"), path(4).targets.reshape(4, 1)
    expected = np.stack([cost.values(outputs[:, look], targets).mean(-1) for look in (0, -1)])
    if absent:
        assert np.isfinite(found[AFTER]).all()
        return
    np.testing.assert_allclose(found[BEFORE], expected[0], rtol=1e-10)
    np.testing.assert_allclose(found[AFTER], expected[1], rtol=1e-8)


@pytest.mark.parametrize(
    "optimizer",
    [make_optimizer("adam"), Groups(groups=((("W",), make_optimizer("muon")),), rest=make_optimizer("adamw"))],
)
def test_a_multiple_of_the_rate_is_that_rate(optimizer: Optimizer) -> None:
    """Also where eta is an input of the runs, and where groups of weights have their own."""
    faster = replace(optimizer, eta=3 * optimizer.eta)
    found: list[np.ndarray] = []
    for one in (losses(optimizer, 3.0), losses(faster)):
        one._choices[AT.width, AT.engine] = Choice(Computing.NUMPY, frozenset(), 4)
        found.append(one.draw(AT, 0, 4)[AFTER])
    np.testing.assert_allclose(*found)


@pytest.mark.parametrize("absent", exhaustive([frozenset(), W]))
def test_both_paths_have_one_law(absent: frozenset[str]) -> None:
    """Means of 256 draws: they differ by more than 5 standard errors with a probability below 1e-6."""
    means: list[float] = []
    errors: list[float] = []
    for computing in Computing:
        one = losses(SGD(0.4))
        one._choices[AT.width, AT.engine] = Choice(computing, absent, 8 if computing is Computing.NUMPY else 1)
        found = np.log(one.draw(AT, 0, 256)[AFTER])
        means.append(float(found.mean()))
        errors.append(float(found.std()) / 16)
    assert abs(means[0] - means[1]) < 5 * np.hypot(*errors)


def test_one_compiled_program_serves_all_rates() -> None:
    one = losses(SGD(0.4))
    one._choices[AT.width, AT.engine] = Choice(Computing.XLA, frozenset())
    first = one.times(0.5).draw(AT, 0, 4)
    compiled = one._compiled
    assert isinstance(compiled, Compiled)
    assert one.times(3.0)._compiled is compiled
    second = one.times(3.0).draw(AT, 0, 4)
    assert len(compiled._runs) == 1
    np.testing.assert_array_equal(first[BEFORE], second[BEFORE])
    assert (first[AFTER] != second[AFTER]).all()


def test_the_optimiser_of_a_schedule_is_checked_as_for_training() -> None:
    optimizer, output = trainable(PROGRAM, Schedule().of(PROGRAM))
    assert output == ()
    assert optimizer.times(0.5).eta == optimizer.eta / 2
