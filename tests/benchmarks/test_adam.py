"""Steps of Adam with weights as arrays, against optax in one compiled loop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import optax
import pytest
from ratios import Ratio, Record

import tp
from tp.experiments.at import At
from tp.experiments.training.run import Ready
from tp.experiments.training.schedule import Schedule
from tp.experiments.training.trainer import Trainer
from tp.interpret.arrays.backend import precision
from tp.interpret.cost.path import Choice
from tp.interpret.cost.path import Path as Computing
from tp.optimizers.adam import Adam
from tp.studies.train import trainer_of

ROOT = Path(__file__).parents[2]
N, STEPS = 1024, 50


def theirs(model: tp.Model, trainer: Trainer, optimizer: Adam) -> Callable[[Any], Any]:
    """All steps in one compiled loop of optax, on gradients by JAX."""
    path, rates = trainer.path, trainer.outline.rates(N)
    inputs, targets = jnp.asarray(path.inputs["x"]), jnp.asarray(path.targets)
    batches = jnp.asarray(path.batches)
    adam = optax.adam(optimizer.eta)

    def cost(weights: Any, picked: Any) -> Any:
        outputs = jax.vmap(model.apply, (None, 0))(weights, inputs[picked])
        return 0.5 * ((outputs - targets[picked]) ** 2).sum() / len(picked)

    def step(s: Any, state: Any) -> Any:
        weights, kept = state
        updates, kept = adam.update(jax.grad(cost)(weights, batches[s]), kept, weights)
        return {w: a + rates[w] * updates[w] for w, a in weights.items()}, kept

    return jax.jit(lambda weights: jax.lax.fori_loop(0, STEPS, step, (weights, adam.init(weights)))[0])


def ours(trainer: Trainer, kind: Any) -> Callable[[Any], Any]:
    """The same steps of a run, without looks and without the linear model."""
    ready = Ready(trainer.outline, N, kind, Choice(Computing.XLA, frozenset()))
    path, descent = trainer.path, ready.descent
    inputs, targets = {"x": jnp.asarray(path.inputs["x"])}, jnp.asarray(path.targets)

    def step(s: Any, moving: Any) -> Any:
        picked = jnp.asarray(path.batches)[s]
        batch = {name: a[picked] for name, a in inputs.items()}
        _, values = ready.step.step(moving.known, batch, targets[picked], descent.inputs(moving))
        return descent.after(moving, values.gradient, s)

    def run(weights: Any) -> Any:
        return jax.lax.fori_loop(0, STEPS, step, descent.begin(weights, trainer.outline.moving)).known

    return jax.jit(run)


@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_steps_against_optax(paired: Any, record: Record, dtype: str, batch: int) -> None:
    model, optimizer = tp.load(ROOT / "programs/mlp.tp"), Adam(0.01)
    schedule = Schedule(optimizer=optimizer, steps=STEPS, samples=4, batch=batch)
    trainer = trainer_of(model.program, schedule, None, dtype)
    with precision(dtype) as kind:
        weights = model.init(0, N, dtype)
        mine, other = ours(trainer, kind), theirs(model, trainer, optimizer)

        def timed(run: Callable[[Any], Any]) -> Callable[[], None]:
            def made() -> None:
                with precision(dtype):
                    jax.block_until_ready(run(weights))

            return made

        found, expected = mine(weights), other(weights)
        for name, weight in expected.items():
            assert jnp.allclose(found[name], weight, rtol=1e-3, atol=1e-4 * float(jnp.abs(weight).max()))
        seconds = paired(timed(mine), timed(other), rounds=5)
    record(Ratio(f"{STEPS} steps of Adam, batches of {batch}, dense, {dtype}, n = {N}", *seconds, 1.5, "s"))


def test_runs_against_optax(paired: Any, record: Record) -> None:
    """A whole run, which moves the linear model, too."""
    model, optimizer = tp.load(ROOT / "programs/mlp.tp"), Adam(0.01)
    trainer = trainer_of(model.program, Schedule(optimizer=optimizer, steps=STEPS, samples=4), None, "float64")
    with precision("float64"):
        other = theirs(model, trainer, optimizer)

        def run() -> None:
            with precision("float64"):
                jax.block_until_ready(other(model.init(0, N, "float64")))

        seconds = paired(lambda: trainer.runs(At(N, "float64", "dense"), 0, 1), run, rounds=3)
    record(Ratio(f"{STEPS} steps of Adam with the linear model, dense, float64, n = {N}", *seconds, 3.0, "s"))
