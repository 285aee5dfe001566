"""Training by NumPy and compiled by JAX: one law, whatever is made side by side.

Two-sample tests have fixed seeds. A correct implementation fails with probability 1e-3 in all.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.marks import exhaustive, slow
from tp.costs import find, known, name_of
from tp.experiments.at import At
from tp.experiments.training.observables import numbers
from tp.experiments.training.schedule import Schedule
from tp.experiments.training.start import spectrum
from tp.experiments.training.trainer import Trainer
from tp.interpret.cost.path import Choice
from tp.interpret.cost.path import Path as Computing
from tp.optimizers import SGD
from tp.studies.train import trainer_of
from tp.syntax import load

PROGRAMS = Path(__file__).parents[2] / "programs"
ALPHA = 1e-3 / 400
PLAIN = SGD(0.2, momentum=0.5)
OUTER = frozenset(("W[2]", "W[3]"))


def trainer(name: str = "mlp", optimizer: SGD = PLAIN, cost: str = "squared") -> Trainer:
    schedule = Schedule(steps=4, batch=2, samples=3, optimizer=optimizer, cost=cost)
    features = ["h[2]"] if name == "mlp" else []
    return trainer_of(load(PROGRAMS / f"{name}.tp"), schedule, None, "float64", features)


def made(one: Trainer, at: At, choice: Choice, first: int, count: int) -> Mapping[str, Any]:
    one._choices[at.width, at.engine] = choice
    return one.runs(at, first, count)


@pytest.mark.parametrize("absent", [frozenset(), OUTER])
@pytest.mark.parametrize("n", [8, 40])
def test_runs_side_by_side_are_those_made_one_by_one(n: int, absent: frozenset[str]) -> None:
    """At width 8 arrays are moved, at width 40 their outer products are kept; a block may begin anywhere."""
    at = At(n, "float64")
    assert (trainer().outline.beside(n, frozenset()) >= OUTER) == (n == 40)
    several = made(trainer(), at, Choice(Computing.NUMPY, absent, 4), 3, 5)
    alone = made(trainer(), at, Choice(Computing.NUMPY, absent, 1), 3, 5)
    shifted = made(trainer(), at, Choice(Computing.NUMPY, absent, 4), 5, 3)
    for name, values in alone.items():
        np.testing.assert_allclose(several[name], values, rtol=1e-6, atol=1e-10, err_msg=name)
        np.testing.assert_array_equal(shifted[name], several[name][2:], err_msg=name)


@pytest.mark.parametrize(
    ("name", "absent", "n"),
    [
        *slow([("mlp", OUTER, 24), ("attention", frozenset(), 12)]),
        *exhaustive(
            [("mlp", frozenset(), 48), ("mlp", frozenset(), 6), ("cnn", frozenset(), 8), ("rnn", frozenset(), 16)]
        ),
    ],
)
def test_same_law(name: str, absent: frozenset[str], n: int) -> None:
    at, found = At(n, "float64"), []
    for first, path in ((0, Computing.NUMPY), (10**6, Computing.XLA)):
        one = trainer(name)
        together = 16 if path is Computing.NUMPY else 1
        found.append(numbers(one, made(one, at, Choice(path, absent, together), first, 600)))
    compared = 0
    for key, values in found[0].items():
        if np.ptp(values) > 0:
            compared += 1
            assert stats.ks_2samp(values, found[1][key]).pvalue > ALPHA, key
    assert compared > 15


def test_the_path_depends_on_the_work() -> None:
    one = trainer()
    assert one.engine(At(64)).path == "numpy"
    assert one.compilation(At(64)) == 0
    assert one.engine(At(10**7)).path == "xla"
    assert one.compilation(At(10**7)) > 0


def test_costs_and_optimisers_for_jax_alone_are_compiled() -> None:
    class Own(SGD):
        pass

    assert trainer(cost=name_of(lambda y, t: ((y - t) ** 4).sum())).engine(At(64)).path == "xla"
    assert trainer(optimizer=Own(0.2)).engine(At(64)).path == "xla"


@pytest.mark.parametrize("name", [name for name, cost in known().items() if cost.shipped])
def test_derivatives_of_costs(name: str) -> None:
    """Those that are written down are limits of differences."""
    cost, draw, small = find(name), np.random.default_rng(0), 1e-5
    y, t = draw.standard_normal((2, 5, 3)), np.eye(3)[draw.integers(3, size=5)]
    for k, way in enumerate(small * np.eye(3)):
        slopes = (cost.values(y + way, t) - cost.values(y - way, t)) / (2 * small)
        curvatures = (cost.slopes(y + way, t) - cost.slopes(y - way, t)) / (2 * small)
        np.testing.assert_allclose(cost.slopes(y, t)[..., k], slopes, atol=1e-8)
        np.testing.assert_allclose(cost.curvatures(y, t)[..., k], curvatures, atol=1e-8)


def test_runs_that_diverge_are_reported() -> None:
    """Weights overflow; eigenvalues of a kernel that is not finite are NaN, as on the other path."""
    one = trainer(optimizer=SGD(1e200))
    found = one.draw(At(8, "float64"), 0, 3)
    assert (found["diverged"] > 0).all()
    kernel = np.full((2, 2, 1, 2, 1), np.nan)
    kernel[1] = np.eye(2).reshape(2, 1, 2, 1)
    np.testing.assert_array_equal(spectrum(kernel)["slowest"], [np.nan, 1.0])
