"""Training with dropout, against a loop by hand and against the linear model of a program that is linear."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import tp
from tests.training.loops import begun
from tp.api.optimizers import make_optimizer
from tp.experiments.at import At
from tp.experiments.training.losses import AFTER, BEFORE
from tp.experiments.training.schedule import Schedule
from tp.optimizers import SGD, Optimizer
from tp.studies.train import trainer_of
from tp.studies.transfer.study import losses_of
from tp.syntax import parse

TEXT = """program p {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1) RATE
  param W : [n, n] ~ normal(0, 1) RATE
  param v : [n] ~ normal(0, 1)
  h = dropout(tanh(U @ x), 1/2)
  output f = dot(v, dropout(tanh(W @ h / sqrt(n)), 3/4)) / sqrt(n)
}
"""
N = 8
SCHEDULE = Schedule(steps=5, batch=2, samples=3)


@pytest.mark.parametrize("optimizer", [SGD(momentum=0.5), make_optimizer("adam")], ids=["sgd", "adam"])
def test_the_linear_model_has_the_same_noise(optimizer: Optimizer) -> None:
    """Where only v is trained the program is its linear model, whatever is dropped."""
    program = parse(TEXT.replace("RATE", "rate 0"))
    schedule = Schedule(steps=5, batch=2, samples=3, optimizer=optimizer)
    found = trainer_of(program, schedule, None, "float64").runs(At(N), 0, 2)
    np.testing.assert_allclose(found["output"], found["linear"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["loss"], found["linear loss"], rtol=1e-9)
    assert (np.abs(np.diff(found["output"][:, :, 0, 0], axis=1)) > 1e-6).all()


@pytest.mark.parametrize("engine", ["dense", "conditioned"])
def test_a_step_has_noise_and_a_look_has_none(engine: str) -> None:
    """Gradient descent by JAX; without the dense engine the weight W is another draw, so only the start is known."""
    program = parse(TEXT.replace("RATE", ""))
    trainer = trainer_of(program, SCHEDULE, None, "float64")
    path, at = trainer.path, At(N, "float64", engine)
    found = trainer.runs(at, 3, 1)
    assert np.isfinite(found["output"]).all()
    if engine == "conditioned":
        return
    weights = begun(trainer, N, 3)
    masks = [1 + weights.pop(name) for name in ("dropout", "dropout(2)")]
    for mask, keep in zip(masks, (0.5, 0.75), strict=True):
        assert np.isclose(np.asarray(mask)[..., None], [0, 1 / keep]).any(-1).all()

    def output(w: dict[str, jax.Array], x: jax.Array, first: jax.Array, second: jax.Array) -> jax.Array:
        h = jnp.tanh(w["W"] @ (first * jnp.tanh(w["U"] @ x)) / np.sqrt(N))
        return w["v"] @ (second * h) / np.sqrt(N)

    ones, x, y = jnp.ones(N), path.inputs["x"], path.targets
    with jax.enable_x64(True):
        for step, batch in enumerate(path.batches):
            drawn = [masks[0][2 * step : 2 * step + 2], masks[1][2 * step : 2 * step + 2]]

            def loss(w: dict[str, jax.Array], batch: np.ndarray = batch, drawn: list[jax.Array] = drawn) -> jax.Array:
                values = jax.vmap(output, (None, 0, 0, 0))(w, x[batch], *drawn)
                return ((values - y[batch]) ** 2).mean() / 2

            value, gradient = jax.value_and_grad(loss)(weights)
            np.testing.assert_allclose(found["loss"][0, step], value, rtol=1e-6)
            weights = {name: w - 0.2 * gradient[name] for name, w in weights.items()}
        ends = [output(weights, x[i], ones, ones) for i in range(path.probes)]
    np.testing.assert_allclose(found["output"][0, -1, :, 0], ends, rtol=1e-6)


def test_losses_are_those_without_noise_of_all_samples_after_training_with_it() -> None:
    program = parse(TEXT.replace("RATE", ""))
    schedule = Schedule(steps=5, batch=2, samples=3)
    runs = losses_of(program, schedule, None, "float64")
    found = runs.draw(At(N), 0, 2)
    assert (runs.path.evaluated, runs.path.samples) == (3, 13)
    assert np.isfinite(found[BEFORE]).all()
    assert (np.abs(found[AFTER] - found[BEFORE]) > 1e-6).all()


def test_orders_are_those_of_the_program_without_dropout() -> None:
    """Every part of a mean remains: the factors have mean 1. They are no weights, so none is said to be moved."""
    text = TEXT.replace("RATE", "")
    plain = tp.parse(text.replace("dropout(tanh(U @ x), 1/2)", "tanh(U @ x)").replace(", 3/4", ", 1"))
    dropped, expected = tp.parse(text).orders(), plain.orders()
    assert dropped.prediction.exponents == expected.prediction.exponents
    assert "represented by one" in str(dropped)
    assert "dropout" not in str(expected)
    found, before = dropped.regime, expected.regime
    assert found is not None
    assert before is not None
    assert [(m.name, m.verdict) for m in found.movers] == [(m.name, m.verdict) for m in before.movers]
    assert found.deviation == before.deviation
