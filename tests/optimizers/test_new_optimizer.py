"""What a new optimiser takes: one class, registered. The one below is defined here and runs like any other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import pytest

import tp
from tests.training.loops import compared, route
from tp.costs import find
from tp.diagnostics.diagnostic import TpError
from tp.experiments.at import At
from tp.experiments.training.schedule import Schedule
from tp.experiments.training.trainer import Trainer
from tp.optimizers import OPTIMIZERS, SGD, Optimizer, Range, all_settings, make, register, setting
from tp.optimizers.optimizer import Weights

PROGRAMS = Path(__file__).parents[2] / "programs"


@dataclass(frozen=True)
class SignDescent(Optimizer):
    """Every entry moves by η Λ / (1 + slowing s) in step number s, against the sign of its gradient."""

    name: ClassVar[str] = "signs"

    slowing: float = setting(
        0.0, "How fast steps become shorter.", within=Range(0), unit="1 / step", label="slowing down"
    )

    def init(self, params: Weights) -> Any:
        return jnp.zeros(())

    def update(
        self, gradients: Weights, state: Any, params: Weights, rates: Mapping[str, float]
    ) -> tuple[Weights, Any]:
        eta = self.eta / (1 + self.slowing * state)
        return {w: -eta * rates[w] * jnp.sign(g) for w, g in gradients.items()}, state + 1


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    known = dict(OPTIMIZERS)
    register(SignDescent)
    yield
    OPTIMIZERS.clear()
    OPTIMIZERS.update(known)


def test_it_trains_as_a_plain_loop_does() -> None:
    """And so does its linear model, whose weights move as arrays since signs are not linear."""

    def step(gradient: dict[str, Any], state: Any, weights: Any, rates: dict[str, float]) -> tuple[dict[str, Any], Any]:
        count = state or 0
        return {w: -0.02 * rates[w] / (1 + 0.5 * count) * jnp.sign(g) for w, g in gradient.items()}, count + 1

    model = tp.load(PROGRAMS / "mlp.tp", depth=1)
    compared(model, route(model, 5, 2), SignDescent(0.02, slowing=0.5), step, find("squared").function)


def test_its_weights_are_arrays() -> None:
    model = tp.load(PROGRAMS / "mlp.tp")
    path = route(model, 3, 1)
    signs, plain = (Trainer("mlp", model.graph, path, o, "squared") for o in (SignDescent(0.01), SGD(0.01)))
    assert signs.choice(10_000, "auto").absent == frozenset()
    assert plain.choice(10_000, "auto").absent
    with pytest.raises(TpError, match="TP511"):
        signs.engine(At(10_000, "float64", "conditioned"))


def test_its_settings_are_options_and_are_written_down() -> None:
    assert all_settings()["slowing"].option == "--slowing-down"
    optimizer = make("signs", {"slowing": 0.5})
    assert optimizer == SignDescent(slowing=0.5)
    schedule = Schedule(optimizer=optimizer, steps=2, samples=2)
    runs = tp.load(PROGRAMS / "mlp.tp", depth=1).train(schedule, [8], seeds=1)
    assert "optimiser signs; slowing down 0.5" in str(runs)
    assert json.loads(tp.render([runs], "json"))["schedule"]["slowing_down"] == 0.5
    with pytest.raises(TpError, match="signs has no setting momentum"):
        make("signs", {"momentum": 0.5})


def test_runs_are_kept_apart() -> None:
    """And those of an optimiser whose code the store does not know are not kept."""
    model = tp.load(PROGRAMS / "mlp.tp")
    optimizers = (SGD(), SignDescent(), SignDescent(slowing=0.1), SignDescent(0.1))
    found = [Trainer("mlp", model.graph, route(model, 3, 1), o, "squared").identity() for o in optimizers]
    assert len({identity.inputs for identity in found}) == 4
    assert [identity.shared for identity in found] == [True, False, False, False]


def test_predictions_are_refused_where_no_displacement_is_stated() -> None:
    model = tp.load(PROGRAMS / "mlp.tp", depth=1)
    with pytest.raises(TpError, match="TP514"):
        model.linearize(Schedule(optimizer=SignDescent(), steps=2, samples=2), [8, 16, 64], seeds=4, store=False)


def test_a_name_is_taken_once() -> None:
    @dataclass(frozen=True)
    class Other(SignDescent):
        name: ClassVar[str] = "sgd"

    with pytest.raises(ValueError, match="sgd is registered already"):
        register(Other)


def test_sgd_acts_on_coordinates_as_on_arrays() -> None:
    """A weight in the span of three matrices, once as an array and once as coordinates."""
    frame = jax.random.normal(jax.random.key(0), (3, 4, 5))
    start = jnp.array([1.0, 0.0, 0.0])
    gradients = jax.random.normal(jax.random.key(1), (6, 3))
    optimizer, rates = SGD(0.3, momentum=0.5, decay=0.2), {"W": 2.0}

    def matrix(coordinates: Any) -> Any:
        return jnp.tensordot(coordinates, frame, 1)

    whole, few = {"W": matrix(start)}, {"W": start}
    states = optimizer.init(whole), optimizer.init(few)
    for g in gradients:
        update, one = optimizer.update({"W": matrix(g)}, states[0], whole, rates)
        change, two = optimizer.update({"W": g}, states[1], few, rates)
        whole, few, states = {"W": whole["W"] + update["W"]}, {"W": few["W"] + change["W"]}, (one, two)
    assert jnp.allclose(whole["W"], matrix(few["W"]), atol=1e-5)
