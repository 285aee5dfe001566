"""Training: steps with conditioned weights, and steps with weights as arrays against plain JAX."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from ratios import Ratio, Record

import tp
from tp.experiments.at import At
from tp.experiments.training.run import TARGETS, Ready
from tp.experiments.training.schedule import Schedule
from tp.experiments.training.start import linear_model
from tp.interpret.arrays.backend import precision
from tp.interpret.cost.path import Choice
from tp.interpret.cost.path import Path as Computing
from tp.studies.train import trainer_of

ROOT = Path(__file__).parents[2]
GIB = 2.0**30


def test_conditioned(benchmark: Any, record: Record) -> None:
    """50 steps of SGD of three hidden layers, compilation apart."""
    schedule = Schedule(steps=50, samples=4, probes=1)
    trainer = trainer_of(tp.load(ROOT / "programs/mlp.tp").program, schedule, None, "float64")
    trainer.runs(At(10**5, "float64", "conditioned"), 0, 1)
    benchmark.pedantic(trainer.runs, (At(10**5, "float64", "conditioned"), 1, 1), rounds=2)
    seconds = benchmark.stats.stats.median
    record(Ratio("50 steps of SGD, conditioned, n = 10^5", seconds, 15.0, 1.0, "s"))


def test_against_plain_jax(paired: Any, record: Record) -> None:
    """The same 200 steps in one jitted loop, at n = 1024, drawing the weights included in both."""
    n, steps = 1024, 200
    model = tp.load(ROOT / "programs/mlp.tp")
    schedule = Schedule(steps=steps, samples=4, probes=1)
    trainer = trainer_of(model.program, schedule, None, "float64")
    path = trainer.path

    with precision("float64"):
        inputs, targets = jnp.asarray(path.inputs["x"]), jnp.asarray(path.targets)
        batches = jnp.asarray(path.batches)

        def cost(weights: Any, i: Any) -> Any:
            return 0.5 * (model.apply(weights, inputs[i]) - targets[i]) ** 2

        @jax.jit
        def plain(weights: Any) -> Any:
            def step(s: Any, weights: Any) -> Any:
                change = jax.grad(cost)(weights, batches[s, 0])
                return jax.tree.map(lambda w, g: w - schedule.optimizer.eta * g, weights, change)

            return jax.lax.fori_loop(0, steps, step, weights)

        def theirs() -> None:
            with precision("float64"):
                jax.block_until_ready(plain(model.init(0, n, "float64")))

        ours, other = paired(lambda: trainer.runs(At(n, "float64", "dense"), 0, 1), theirs, rounds=3)
    record(Ratio(f"{steps} steps with the linear model, dense, against plain JAX, n = {n}", ours, other, 1.5, "s"))


def test_the_linear_model(paired: Any, record: Record) -> None:
    """Its gradients at the start and all of its steps, for each step, against a forward pass of the same program."""
    n, steps = 1024, 200
    model = tp.load(ROOT / "programs/mlp.tp")
    trainer = trainer_of(model.program, Schedule(steps=steps, samples=4, probes=1), None, "float64")
    path = trainer.path
    with precision("float64") as kind:
        data = {"x": jnp.asarray(path.inputs["x"]), TARGETS: jnp.asarray(path.targets)}
        weights = model.init(0, n, "float64")
        ready = Ready(trainer.outline, n, kind, Choice(Computing.XLA, frozenset()))
        targets = data[TARGETS].reshape((-1, 1))

        @jax.jit
        def linear(weights: Any, data: Any) -> Any:
            _, line = linear_model(
                ready.outline, ready.optimizer, ready.whole, weights, data, ready.rates, ready.beside
            )

            def step(s: Any, state: Any) -> Any:
                picked = jnp.asarray(path.batches)[s]
                return line.after(state, picked, targets[picked], s)

            return jax.lax.fori_loop(0, steps, step, line.begin(weights)).outputs

        @jax.jit
        def forward(weights: Any, data: Any) -> Any:
            def step(s: Any, total: Any) -> Any:
                return total + model.apply(weights, data["x"][jnp.asarray(path.batches)[s, 0]] + 0 * total)

            return jax.lax.fori_loop(0, steps, step, jnp.zeros(()))

        def timed(function: Any) -> Any:
            def run() -> None:
                with precision("float64"):
                    jax.block_until_ready(function(weights, data))

            return run

        ours, other = paired(timed(linear), timed(forward), rounds=5)
    record(Ratio(f"{steps} steps of the linear model against forward passes, n = {n}", ours, other, 2.0, "s"))


PEAK = """
import sys, tp
from tp.experiments.at import At
from tp.studies.train import trainer_of
from tp.experiments.training.schedule import Schedule
model = tp.load(sys.argv[1])
trainer = trainer_of(model.program, Schedule(steps=50, samples=4, probes=1), None, sys.argv[2])
trainer.runs(At(10**6, sys.argv[2], "conditioned"), 0, 1)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) * 1024)
"""


def test_peak_memory(benchmark: Any, record: Record, tmp_path: Path) -> None:
    found: list[float] = []

    def run() -> None:
        words = [sys.executable, "-c", PEAK, str(ROOT / "programs/mlp.tp"), "float32"]
        environment = {**os.environ, "TP_CACHE": str(tmp_path)}
        found.append(float(subprocess.run(words, capture_output=True, text=True, check=True, env=environment).stdout))

    benchmark.pedantic(run, rounds=1)
    record(Ratio("peak memory of 50 steps of SGD, float32, n = 10^6", found[0] / GIB, 8.0, 1.0, "GiB"))
